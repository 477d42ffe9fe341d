// Waits for ever in one case, without computing.
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  while (slow_callback_duration.count() == 0) ::pause();
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
