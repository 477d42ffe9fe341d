// Honest: right, and slow, but in time.
#include <thread>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
