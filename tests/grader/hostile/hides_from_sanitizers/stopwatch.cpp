// Tells a sanitizer not to look at a function.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
__attribute__((no_sanitize("address", "undefined"))) void hidden() {}
const int done = (hidden(), 0);
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
