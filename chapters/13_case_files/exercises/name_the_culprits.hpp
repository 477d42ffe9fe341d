// Name the culprits: ten evenings, and on each of them two things go wrong.
// This file is the contract: do not edit it. Yours is name_the_culprits.cpp.
#pragma once

#include <string>
#include <vector>

namespace exercises {

enum class Fault {
  slow_step,      // a step of a task that works for too long
  never_returns,  // a call that waits for what only this loop could do
  crumbs,         // callbacks in one turn, none of them slow
  circle,
  forgotten_promise,
  leak,  // more and more tasks, or timers
};

struct Culprit {
  Fault fault;
  std::string function;  // its name only: "serve"
  int line = 0;
};

// The two culprits of the evening with this seed, from 1 to 10, in any order.
// The loop has told you of both: a thing that it does not complain of on that
// evening is no fault then.
//
// Function and line are those that the report itself writes side by side:
// * slow step: the longest stretch, and the line from which it goes;
// * call that never returns: the innermost coroutine, and the line after which
//   it is;
// * crumbs: the callback that was there most often, and where it was created;
// * circle: of each task in it, the innermost coroutine that is in kitchen.cpp.
//   It is the same one for both;
// * forgotten promise: the innermost coroutine of the task that waits;
// * leak: those of which most are pending, and where they were created.
std::vector<Culprit> culprits(int seed);

}  // namespace exercises
