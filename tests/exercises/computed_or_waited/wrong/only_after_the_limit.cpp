// Equal to the limit is not late enough for it.
#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, nanoseconds limit) {
  if (look.late > limit && 2 * look.process < look.late) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, std::max(left, nanoseconds(0))};
  }
  const bool computed = 2 * look.used >= look.held;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
