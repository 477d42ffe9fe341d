// The report about a slow step that you would have wanted to read.
// This file is the contract: do not edit it. Yours is better_report.cpp.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace exercises {

// Where one coroutine is.
struct Standing {
  std::string function;
  std::string file;
  unsigned line;
};

// What the loop knows about a step that was slow.
struct SlowStep {
  std::string task;                // its name: any bytes, written as they are
  std::vector<Standing> chain;     // who awaits whom, the outermost first
  std::chrono::nanoseconds took;   // limit or more, and less than ten years
  std::chrono::nanoseconds limit;  // zero or more
};

// You write this. The text has no newline at its end, and looks like this:
//
//   Task-1 held the loop for 152 ms, 1.5 times the limit of 100 ms
//     make_tea at tea.cpp:12
//     boil at kettle.cpp:30
//   > heat at kettle.cpp:44
//
// * The last coroutine of the chain has a ">" before it, and no other: this is
//   where the task is. A task that has ended has no chain; then the only line
//   that follows is "> it has ended".
// * Coroutines that call themselves make long chains. One that is in the same
//   function at the same file and line as the one before it is counted, not
//   repeated: "  visit at tree.cpp:7, 3 times". That may be the last one, too.
// * A duration is in whole milliseconds, from one millisecond on; below that in
//   whole microseconds: "850 us". What is less than a unit is cut off, and
//   never rounded up.
// * "times" has one decimal, cut off as well: 1.99 is 1.9. It is the quotient
//   of the durations as they are, not as they are written. With a limit of
//   zero, and only then, there is no such number: "held the loop for 152 ms,
//   the limit is 0 us".
std::string better_report(const SlowStep& step);

}  // namespace exercises
