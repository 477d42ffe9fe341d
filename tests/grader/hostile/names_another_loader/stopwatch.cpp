// Asks for a loader that does not exist.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

[[gnu::section(".interp"), gnu::used]] static const char loader[] =
    "/nowhere/ld.so";

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
