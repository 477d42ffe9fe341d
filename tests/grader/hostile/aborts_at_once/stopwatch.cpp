// Aborts before main() begins.
#include <cstdlib>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  std::abort();
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
