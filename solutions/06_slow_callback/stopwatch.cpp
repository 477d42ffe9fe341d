// Exercise stopwatch (chapter 6), solved.
//
// The order matters more than the arithmetic. Debug mode is asked first, so
// that a loop without it never reads the clock. The repr comes last, for two
// reasons: making a text takes longer than most callbacks, and it has to tell
// the state after the run. And equal counts as slow: a limit of 100 ms means
// that 100 ms are too long.
//
// Another way, which the chapter takes: the end of one callback is the
// beginning of the next, so one reading of the clock for each is enough. Then
// select() must forget the last reading, or the wait is charged to what runs
// after it, and so must a report, which takes time itself.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
