// Writes a file that is larger than allowed.
#include <fstream>
#include <string>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  std::ofstream file("large");
  const std::string block(1U << 20U, 'x');
  for (int i = 0; i < 64; ++i) file << block << std::flush;
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
