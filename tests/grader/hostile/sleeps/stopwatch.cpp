// Waits for ever, without computing.
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  for (;;) ::pause();
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
