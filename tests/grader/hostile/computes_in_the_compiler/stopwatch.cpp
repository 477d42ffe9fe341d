// Lets the compiler loop.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
constexpr int forever() {
  int i = 0;
  while (i >= 0) i = (i + 1) % 7;
  return i;
}
static_assert(forever() == 1);
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
