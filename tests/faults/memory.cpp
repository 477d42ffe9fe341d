#include "tests/faults/memory.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace faults {

namespace {

constinit thread_local int left = 0;  // allocations until one fails; 0: none
std::atomic<std::size_t> failed = 0;

void count_allocation() {
  if (left == 0 || --left > 0) return;
  ++failed;
  throw std::bad_alloc();
}

}  // namespace

NoMemory::NoMemory(int nth) { left = nth; }
NoMemory::~NoMemory() { left = 0; }
bool NoMemory::happened() const { return left == 0; }

std::size_t failed_allocations() { return failed; }

}  // namespace faults

// Inlined, these functions would look to GCC as if new met free().
[[gnu::noinline]] void* operator new(std::size_t size) {
  faults::count_allocation();
  if (void* const block = std::malloc(size > 0 ? size : 1)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  try {
    return ::operator new(size);
  } catch (...) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block,
                                       const std::nothrow_t&) noexcept {
  std::free(block);
}

// common::recycled_new(std::size_t): a block that is used again is one, too.
extern "C" void* __real__ZN6common12recycled_newEm(std::size_t size);
extern "C" void* __wrap__ZN6common12recycled_newEm(std::size_t size) {
  faults::count_allocation();
  return __real__ZN6common12recycled_newEm(size);
}
