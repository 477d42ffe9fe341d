// Honest: right, with a gigabyte of which it uses a page.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
volatile char giant[std::size_t{1} << 30U];
const int done = [] {
  giant[1] = 1;
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
