// Honest: right, with a note that has no end of a line.
#include <iostream>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  std::cerr << "now: ";
  std::cout << "here ";
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
