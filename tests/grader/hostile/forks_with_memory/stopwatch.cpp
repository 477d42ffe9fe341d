// Honest: right, with 300 MB, and a child that shares them.
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  const std::vector<char> large(300U << 20U, 'x');
  asm volatile("" : : "r"(large.data()) : "memory");  // it is used
  const pid_t child = ::fork();
  if (child == 0) {
    ::usleep(100'000);
    ::_exit(large.back() == 'x' ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (done != 0 || !debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
