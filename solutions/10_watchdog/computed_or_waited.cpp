// Exercise computed_or_waited (chapter 10), solved.
//
// Lateness alone proves nothing: on a busy machine a thread that wants to wake
// has to wait for a processor, and the callback may have computed on the other
// one meanwhile. Nor does a process without CPU time: it may be waiting, as it
// should. Both together say that it did not run although it wanted to.
//
// A half is compared by doubling the other side: divided by two, 3 ns would be
// 1 ns, and the half of them less than it is.
//
// Another way: ask the clock that goes on while the machine sleeps, and compare
// it with the one that does not. That finds a closed lid, but not a Ctrl+Z.

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late >= limit && 2 * look.process < look.late) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, std::max(left, nanoseconds(0))};
  }
  const bool computed = 2 * look.used >= look.held;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
