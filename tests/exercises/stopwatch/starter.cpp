// Exercise stopwatch (chapter 6): when is a callback slow?
//
//   ./workbook check stopwatch    judges this file
//   ./workbook hint stopwatch     says a little more, each time
//
// In use, with a virtual clock:
//
//   common::VirtualClock clock;
//   exercises::StopwatchLoop loop(clock);
//   loop.set_debug(true);
//   loop.call_soon([&clock] { clock.advance(100ms); });
//   ... run it, and loop.slow() has one entry, which took 100 ms

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  // TODO: in debug mode, read the loop's time() before and after the object
  // runs, and add what was slow to slow_. Then check says 3 of 3 points.
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
