// Memory that runs out when a test wants it to.
#pragma once

#include <cstddef>

namespace faults {

// The nth allocation of this thread from now, counted from 1, throws
// std::bad_alloc: operator new and common::recycled_new count, malloc does not.
class NoMemory {
 public:
  explicit NoMemory(int nth);
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
  ~NoMemory();

  bool happened() const;
};

std::size_t failed_allocations();  // in this process

}  // namespace faults
