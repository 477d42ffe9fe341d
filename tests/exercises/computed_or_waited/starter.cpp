// Exercise computed_or_waited (chapter 10): what held the loop?
//
//   ./workbook check computed_or_waited    judges this file
//   ./workbook hint computed_or_waited     says a little more, each time
//
// In use:
//
//   const auto [verdict, counted] = exercises::judge(
//       {.held = 300s, .used = 20ms, .late = 299s, .process = 0s}, 100ms);
//
// Somebody pressed Ctrl+Z: the process stood still, and one second of the 300
// is the callback's.

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

namespace exercises {

Judgement judge(const Look& look, [[maybe_unused]] nanoseconds limit) {
  // TODO: decide first whether the process stood still, by late, process and
  // limit; then by used and held whether the callback computed or waited. Then
  // check says 5 of 5 points.
  return {Verdict::waited, look.held};
}

}  // namespace exercises
