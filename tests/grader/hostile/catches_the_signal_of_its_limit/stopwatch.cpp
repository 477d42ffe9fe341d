// Catches the signal that tells it to stop computing.
#include <signal.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  ::signal(SIGXCPU, SIG_IGN);
  for (volatile int i = 0;; i = i + 1) {
  }
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
