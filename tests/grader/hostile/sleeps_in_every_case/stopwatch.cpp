// Waits without an end in every case: not all of them are run.
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = ::pause();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
