// Measures seconds in a double, as Python does: 1 ns is lost now and then.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const std::chrono::duration<double> took = time() - start;
  if (took < slow_callback_duration) return;
  slow_.push_back({object.repr(), std::chrono::nanoseconds(
                                      static_cast<long>(took.count() * 1e9))});
}

}  // namespace exercises
