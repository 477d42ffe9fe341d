// Honest: right, with a lot that the compiler does not like.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
int unused(int value) {
  int never;
  return 1.5;
}
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  int object_count = slow_.size();
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
