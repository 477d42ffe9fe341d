// Asks for the text before it runs: a task that ends in the step is still
// pending in it.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const std::string what = object.repr();
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({what, took});
}

}  // namespace exercises
