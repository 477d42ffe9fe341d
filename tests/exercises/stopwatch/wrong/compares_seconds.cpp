// Compares seconds in a double, which cannot tell long times apart that differ
// by a nanosecond.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  using Seconds = std::chrono::duration<double>;
  const bool slow = Seconds(took) >= Seconds(slow_callback_duration);
  if (slow) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
