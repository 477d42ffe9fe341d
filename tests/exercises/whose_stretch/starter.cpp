// Exercise whose_stretch (chapter 9): who ran, and for whom?
//
//   ./workbook check whose_stretch    judges this file
//   ./workbook hint whose_stretch     says a little more, each time
//
// In use, with a virtual clock:
//
//   common::VirtualClock clock;
//   exercises::ProfilingLoop loop(clock);
//   loop.run_until_complete(breakfast(clock));
//   for (const auto& [name, line] : loop.profile()) ...
//
// If breakfast() worked for 10 ms, and awaited weigh(), which took 200 ms, then
// its line has 1 call, 10 ms of its own, and 210 ms in total.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include "common/place.hpp"

namespace exercises {

void ProfilingLoop::moving(const ch07::Frame& frame, ch07::Move move) noexcept {
  // TODO: count a call when a frame is entered that has not started yet. At the
  // other two moves, add the time since the last one to the frame's line, and
  // to the total of everything that caller() leads to. Then check says 4 of 4
  // points.
  ch07::EventLoop::moving(frame, move);
}

}  // namespace exercises
