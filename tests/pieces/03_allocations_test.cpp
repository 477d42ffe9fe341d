// Counts the program's allocations and releases, for "a step allocates
// nothing". It is a separate file, so that the compiler cannot look through the
// functions. Sanitizers bring their own functions, which find more: with them
// nothing is counted.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/pieces/03_bench.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WORKBOOK_COUNTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WORKBOOK_COUNTS 0
#endif
#endif

namespace {

std::atomic<std::size_t> count = 0;
std::atomic<std::size_t> released = 0;

}  // namespace

std::size_t tasks::allocations() {
  return count.load(std::memory_order_relaxed);
}
std::size_t tasks::releases() {
  return released.load(std::memory_order_relaxed);
}

#ifndef WORKBOOK_COUNTS
void* operator new(std::size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (void* const block = std::malloc(size > 0 ? size : 1)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  released.fetch_add(1, std::memory_order_relaxed);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}
#endif
