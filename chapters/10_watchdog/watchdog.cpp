#include "chapters/10_watchdog/watchdog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "chapters/04_logging/event_loop.hpp"
#include "chapters/04_logging/logging_error.hpp"
#include "common/clock.hpp"

namespace ch10 {

void Barks::begin(nanoseconds limit) {
  constexpr nanoseconds kLeast = std::chrono::milliseconds(1);
  next_ = std::max(limit, kLeast);
}

// #region due
bool Barks::due(nanoseconds held, nanoseconds now) {
  if (!next_ || held < *next_) return false;
  const bool is_last = *next_ > nanoseconds::max() / 10;
  next_ = is_last ? std::nullopt : std::optional(*next_ * 10);
  if (!minute_ ||
      common::saturated_difference(now, *minute_) >= std::chrono::minutes(1)) {
    minute_ = now;
    in_this_minute_ = 0;
  }
  if (in_this_minute_ < kMostInAMinute) return ++in_this_minute_ > 0;
  ++kept_back_;
  return false;
}
// #endregion due

void AlarmWatchdog::begin(const ch02::LoopObject& object, nanoseconds limit) {
  Watchdog::begin(object, limit);
  has_barked_ = false;
  if (!is_alive()) return;
  barks_.begin(limit);
  began_ = virtual_clock_.now();
  virtual_clock_.set_alarm(common::saturated_sum(began_, *barks_.next()),
                           [this] { return ring(); });
}

// #region alarm
std::optional<nanoseconds> AlarmWatchdog::ring() {
  const nanoseconds now = virtual_clock_.now();
  const auto held = common::saturated_difference(now, began_);
  if (barks_.due(held, now)) {
    Sample sample;
    take(running_, sample);
    bark(held, std::nullopt, &sample, barks_.take_kept_back());
    has_barked_ = true;
  }
  if (!barks_.next()) return std::nullopt;
  return common::saturated_sum(began_, *barks_.next());
}
// #endregion alarm

bool AlarmWatchdog::end() {
  if (is_alive()) virtual_clock_.clear_alarm();
  return has_barked_;
}

void AlarmWatchdog::is_over(nanoseconds took) noexcept { tell_over(took); }

namespace {

// A thread that waits uses no CPU time.
std::string how_text(nanoseconds held, nanoseconds cpu) {
  return fmt::format(" ({}: {:.3f} s of CPU time)",
                     2 * cpu >= held ? "it computes" : "it waits",
                     common::to_seconds(cpu));
}

}  // namespace

void bark(nanoseconds held, std::optional<nanoseconds> cpu,
          const Sample* sample, int kept_back) noexcept {
  constexpr const char* kText =
      "The loop has been held for {:.3f} seconds, and still is{}:{}";
  try {
    std::string what =
        sample ? text(*sample) : "\n  its thread does not answer";
    if (kept_back > 0) {
      what += fmt::format("\n  ({} reports before this one were left out)",
                          kept_back);
    }
    ch04::loop_logger().warning(kText, common::to_seconds(held),
                                cpu ? how_text(held, *cpu) : "", what);
  } catch (...) {
    ch04::report_logging_error(std::current_exception(),
                               std::source_location::current(), kText);
  }
}

void tell_over(nanoseconds took) noexcept {
  ch04::loop_logger().warning("The loop goes on, after {:.3f} seconds",
                              common::to_seconds(took));
}

void tell_stood_still(nanoseconds duration) noexcept {
  ch04::loop_logger().warning(
      "The whole process stood still for {:.3f} seconds",
      common::to_seconds(duration));
}

}  // namespace ch10
