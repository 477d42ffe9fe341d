// Locks, and fork(): a child has one thread, and what others had locked stays
// locked.
#pragma once

#include <mutex>

namespace common {

// For what belongs to the process. It is held for moments, and never while code
// of the program runs or another lock is taken. fork() waits for it, so a child
// finds it free and nothing half done.  logging._lock
std::mutex& fork_lock() noexcept;

// How many fork()s led to this process. A lock that is held for longer must be
// made anew after each: the thread that held it is not there to unlock it.
int forks() noexcept;

}  // namespace common
