// Reads the clock once more for what it notes, when the text has been written.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  if (time() - start >= slow_callback_duration) {
    slow_.push_back({object.repr(), time() - start});
  }
}

}  // namespace exercises
