// Divides the time by two: half of an odd number of nanoseconds is rounded
// down.

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late >= limit && 2 * look.process < look.late) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, std::max(left, nanoseconds(0))};
  }
  const bool computed = look.used >= look.held / 2;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
