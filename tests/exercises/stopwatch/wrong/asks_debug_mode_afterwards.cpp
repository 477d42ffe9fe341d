// Asks for debug mode when the callback has ended: that may have changed it.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (!debug() || took < slow_callback_duration) return;
  slow_.push_back({object.repr(), took});
}

}  // namespace exercises
