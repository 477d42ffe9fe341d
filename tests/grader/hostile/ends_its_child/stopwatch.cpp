// Honest: right, with a child that it ends by a signal.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const bool worked = [] {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  int status = 0;
  return ::kill(child, SIGTERM) == 0 && ::waitpid(child, &status, 0) == child &&
         WIFSIGNALED(status);
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!worked || !debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
