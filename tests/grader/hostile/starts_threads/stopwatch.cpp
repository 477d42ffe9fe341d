// Starts threads until there are no more.
#include <unistd.h>

#include <thread>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  for (;;) std::thread([] { ::pause(); }).detach();
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
