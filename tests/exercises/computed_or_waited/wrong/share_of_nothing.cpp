// Divides to get the share: at the very beginning that is zero by zero, which
// is no number, and not half or more.

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late >= limit && 2 * look.process < look.late) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, std::max(left, nanoseconds(0))};
  }
  const double share = static_cast<double>(look.used.count()) /
                       static_cast<double>(look.held.count());
  const bool computed = share >= 0.5;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
