// Honest: right, with a temporary file.
#include <cstdio>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const bool worked = [] {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) return false;
  std::fputs("x", file);
  std::rewind(file);
  const bool same = std::fgetc(file) == 'x';
  std::fclose(file);
  return same;
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
