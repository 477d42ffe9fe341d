// Computed or waited? From four durations, what held the loop.
// This file is the contract: do not edit it. Yours is computed_or_waited.cpp.
#pragma once

#include <chrono>

namespace exercises {

using std::chrono::nanoseconds;

// What a watchdog knows when it looks at a callback that still runs.
struct Look {
  nanoseconds held;     // how long it has been running, on the wall's clock
  nanoseconds used;     // of that, CPU time of the loop's thread
  nanoseconds late;     // how much too late the watchdog has just woken
  nanoseconds process;  // CPU time of the whole process in that sleep
};

enum class Verdict { computed, waited, stood_still };

struct Judgement {
  Verdict verdict;
  nanoseconds counted;  // how much of `held` is the callback's
};

// You write this. A watchdog that wakes late by the limit or more did not run
// when it wanted to. If the process used less than half of that lateness as CPU
// time, then nothing of it ran: it stood still, and that time is nobody's. It
// is taken off what the callback held the loop, of which never less than
// nothing is left. In all other cases the whole time is the callback's. It has
// computed if its thread used half of that as CPU time, or more; otherwise it
// has waited.
Judgement judge(const Look& look, nanoseconds limit);

}  // namespace exercises
