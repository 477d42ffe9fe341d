#include "chapters/11_pulse/pulse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <string_view>

#include "common/clock.hpp"

namespace ch11 {

using std::chrono::nanoseconds;

namespace {

nanoseconds duration(std::uint64_t value) {
  return nanoseconds(static_cast<nanoseconds::rep>(value));
}

std::string seconds(std::string_view what, nanoseconds p50, nanoseconds p99,
                    std::uint64_t max) {
  return fmt::format("\n  {:<16}  p50 {:.3f}  p99 {:.3f}  max {:.3f} s", what,
                     common::to_seconds(p50), common::to_seconds(p99),
                     common::to_seconds(duration(max)));
}
std::string seconds(std::string_view what, const Histogram& histogram) {
  return seconds(what, duration(histogram.at(0.5)),
                 duration(histogram.at(0.99)), histogram.max());
}

}  // namespace

nanoseconds Pulse::busy() const { return duration(turns.sum()); }

nanoseconds Pulse::moments_wait(double share) const {
  // Whoever comes in a turn of t waits longer than w in t - w of its moments.
  // All turns that are longer than w give count such differences: their sum is
  // the share of the moments that may wait longer.
  const double all = static_cast<double>((busy() + idle).count());
  const double may_wait_longer = (1 - share) * all;
  // #region moments_wait
  double count = 0;
  double sum = 0;
  double wait = 0;
  for (const auto& bucket : std::views::reverse(turns.buckets())) {
    const auto length = static_cast<double>(bucket.largest);
    if (bucket.times == 0) continue;
    if (length <= wait) break;
    count += static_cast<double>(bucket.times);
    sum += static_cast<double>(bucket.times) * length;
    wait = std::max(0.0, (sum - may_wait_longer) / count);
  }
  // #endregion moments_wait
  return nanoseconds(static_cast<nanoseconds::rep>(wait));
}

std::string Pulse::text() const {
  const double all = common::to_seconds(busy() + idle);
  const double part = all > 0 ? common::to_seconds(busy()) / all : 0;
  return fmt::format("Pulse of {} turns in {:.3f} seconds, busy {:.0f} %",
                     turns.count(), all, 100 * part) +
         seconds("a turn took", turns) +
         seconds("a moment's wait", moments_wait(0.5), moments_wait(0.99),
                 turns.max()) +
         seconds("a timer was late", lateness) +
         fmt::format("  ({} timers)", lateness.count()) +
         fmt::format("\n  {:<16}  p50 {}  p99 {}  max {}", "callbacks a turn",
                     callbacks.at(0.5), callbacks.at(0.99), callbacks.max());
}

}  // namespace ch11
