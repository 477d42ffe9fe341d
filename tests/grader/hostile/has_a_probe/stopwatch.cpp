// Honest: right, with a namespace that is called as one of ours.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace probe {
namespace {
bool slow(std::chrono::nanoseconds took, std::chrono::nanoseconds limit) {
  return took >= limit;
}
}  // namespace
}  // namespace probe

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (probe::slow(took, slow_callback_duration))
    slow_.push_back({object.repr(), took});
}

}  // namespace exercises
