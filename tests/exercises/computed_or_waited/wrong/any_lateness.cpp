// Asks the process only: however little late, it stood still.
#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"

#include <algorithm>

namespace exercises {

Judgement judge(const Look& look, [[maybe_unused]] nanoseconds limit) {
  if (2 * look.process < look.late) {
    const nanoseconds left = look.held - look.late;
    return {Verdict::stood_still, std::max(left, nanoseconds(0))};
  }
  const bool computed = 2 * look.used >= look.held;
  return {computed ? Verdict::computed : Verdict::waited, look.held};
}

}  // namespace exercises
