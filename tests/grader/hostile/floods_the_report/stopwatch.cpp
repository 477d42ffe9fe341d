// Writes to the report without an end.
#include <unistd.h>

#include <string>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  const std::string line(1000, 'x');
  for (;;) {
    for (int fd = 3; fd < 256; ++fd) {
      [[maybe_unused]] const auto n = ::write(fd, line.data(), line.size());
    }
  }
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
