// Leaves folders in folders, fifty deep.
#include <sys/stat.h>
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  for (int i = 0; i < 50; ++i) {
    if (::mkdir("deeper", 0700) < 0 || ::chdir("deeper") < 0) break;
  }
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
