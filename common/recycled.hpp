// Memory for objects that come and go all the time.
#pragma once

#include <cstddef>

namespace common {

// Like operator new and delete, but the calling thread keeps small blocks and
// uses them again: a loop frees as many handles as it makes, and the general
// allocator would cost more than the rest of call_soon. A sanitizer that looks
// for use after free gets the general allocator.
//
//   void* operator new(std::size_t size) { return recycled_new(size); }
//   void operator delete(void* block, std::size_t size) noexcept {
//     recycled_delete(block, size);
//   }
[[nodiscard]] void* recycled_new(std::size_t size);  // throws std::bad_alloc
void recycled_delete(void* block, std::size_t size) noexcept;
// From now on blocks go back to the general allocator, on every thread: for a
// program that a sanitizer watches, though this file was compiled without it.
void stop_recycling() noexcept;
// How much the calling thread keeps, in bytes: for tests of memory.
std::size_t recycled_bytes() noexcept;

}  // namespace common
