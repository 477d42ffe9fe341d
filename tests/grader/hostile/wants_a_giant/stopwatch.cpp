// Needs more memory than there is, before it begins.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
volatile char giant[std::size_t{1} << 30U];
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  giant[slow_.size()] = 1;
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
