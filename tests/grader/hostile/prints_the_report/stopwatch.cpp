// Prints on standard output what a report looks like.
#include <cstdio>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  std::puts("see\twhat was slow, line 1\t(no more lines)\nend");
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
