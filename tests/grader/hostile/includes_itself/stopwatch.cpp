// Includes itself, each time twice.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

#include "stopwatch.cpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
