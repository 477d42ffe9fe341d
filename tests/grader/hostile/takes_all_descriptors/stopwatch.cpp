// Opens files until there are no more.
#include <fcntl.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  while (::open("/dev/null", O_RDONLY) >= 0) {
  }
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
