// Divides the lateness by two: half of an odd number of nanoseconds is rounded
// down.

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late >= limit && look.process < look.late / 2) {
    return {Verdict::stood_still,
            std::max(nanoseconds(0), look.held - look.late)};
  }
  // Half or more, without a product that might overflow.
  const bool computed = look.used >= look.held - look.used;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
