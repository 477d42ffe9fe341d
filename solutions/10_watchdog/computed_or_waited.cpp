// Exercise computed_or_waited (chapter 10), solved.
//
// Lateness alone proves nothing: on a busy machine a thread that wants to wake
// has to wait for a processor, and the callback may have computed on the other
// one meanwhile. Nor does a process without CPU time: it may be waiting, as it
// should. Both together say that it did not run although it wanted to.
//
// Another way: ask the clock that goes on while the machine sleeps, and compare
// it with the one that does not. That finds a closed lid, but not a Ctrl+Z.

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late >= limit && look.process < look.late / 2) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, std::max(left, nanoseconds(0))};
  }
  const bool computed = look.used >= look.held / 2;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
