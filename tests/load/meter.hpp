// Measures this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace load {

// Bytes of memory that are in use now, as `ps` shows them (RSS).
std::uint64_t resident_bytes();
// Bytes that any thread has requested with malloc or new, and not given back
// yet; the blocks that common/recycled keeps for this thread are not counted.
std::uint64_t live_bytes();
std::size_t open_descriptors();
std::chrono::nanoseconds cpu_time();  // of all threads of this process

// Makes room for that many open descriptors.  Throws std::runtime_error when
// the hard limit of this process is lower and cannot be raised.
void allow_descriptors(std::size_t count);

}  // namespace load
