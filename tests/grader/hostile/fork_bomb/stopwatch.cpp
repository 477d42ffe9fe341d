// Forks as fast as it can.
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  for (;;) ::fork();
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
