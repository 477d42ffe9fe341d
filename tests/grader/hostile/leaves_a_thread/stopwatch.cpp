// Honest: right, with a thread that nobody joins.
#include <unistd.h>

#include <thread>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int started = [] {
  std::thread([] { ::pause(); }).detach();
  return 0;
}();
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
