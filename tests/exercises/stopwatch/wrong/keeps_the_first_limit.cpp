// Reads the limit once, for all loops and for good.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  static const auto limit = slow_callback_duration;
  if (took >= limit) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
