// Calls itself without an end.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
int deeper(volatile int* from) {
  volatile int here = *from + 1;
  return deeper(&here) + here;
}
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  volatile int zero = 0;
  if (deeper(&zero) == 1) return;
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
