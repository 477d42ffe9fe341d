// Reads the clock when the text is written: that time is on the account of the
// callback.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

#include <utility>

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  SlowCallback ran{object.repr(), time() - start};
  if (ran.took >= slow_callback_duration) slow_.push_back(std::move(ran));
}

}  // namespace exercises
