// Honest: right, with four megabytes on the stack.
#include <cstring>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  volatile char room[4U << 20U];
  for (std::size_t i = 0; i < sizeof room; i += 4096) room[i] = 1;
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
