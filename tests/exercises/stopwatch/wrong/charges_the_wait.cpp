// The end of one callback is the beginning of the next, even if the loop has
// waited in between.

#include <optional>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

namespace {

std::optional<std::chrono::nanoseconds> last_end;

}  // namespace

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = last_end.value_or(time());
  ch05::EventLoop::run_handle(object);
  last_end = time();
  const auto took = *last_end - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
