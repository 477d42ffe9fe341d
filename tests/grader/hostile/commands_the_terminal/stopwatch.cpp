// Prints commands for terminals and workflows, and broken UTF-8.
#include <cstdio>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  std::fputs(
      "::stop-commands::x\n::add-mask::0\n\x1b[2J\x1b]0;"
      "owned\a\xff\xfe\xc0\xaf\r\b",
      stderr);
  std::fputs("\x1b[?1049h\xed\xa0\x80\n</pre><script>\n", stdout);
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
