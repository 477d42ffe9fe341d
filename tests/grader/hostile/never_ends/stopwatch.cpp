// Loops.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  for (volatile int i = 0;; i = i + 1) {
  }
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
