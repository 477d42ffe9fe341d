// Honest: right, and tidy: it closes what it does not use.
#include <unistd.h>

#include <cstdio>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  std::fclose(stdin);
  std::fclose(stdout);
  std::fclose(stderr);
  ::close(0);
  ::close(1);
  ::close(2);
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
