// Honest: right, and gives nothing back.
#include <cstring>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  char* const block = new char[1U << 20U];
  std::memset(block, 1, 1U << 20U);
  asm volatile("" : : "r"(block) : "memory");  // it is used
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
