// Takes the pause off, even if the callback had not begun yet.
#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late >= limit && 2 * look.process < look.late) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, left};
  }
  const bool computed = 2 * look.used >= look.held;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
