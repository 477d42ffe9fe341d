#include "chapters/11_pulse/turn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "common/clock.hpp"

namespace ch11 {

using std::chrono::nanoseconds;

void Turn::begin(nanoseconds now) {
  ++number_;
  began_ = now;
  reports_ = nanoseconds(0);
  callbacks_ = late_timers_ = 0;
  any_slow_ = false;
}

// #region add
void Turn::add(const ch02::LoopObject& object, nanoseconds took) {
  ++callbacks_;
  Share& share = shares_.row_of(object);
  if (share.turn != number_) {
    share.turn = number_;
    share.times = 0;
    share.total = share.longest = nanoseconds(0);
  }
  ++share.times;
  share.total = common::saturated_sum(share.total, took);
  share.longest = std::max(share.longest, took);
}
// #endregion add

void Turn::add_late(const ch02::LoopObject& timer, nanoseconds late) {
  if (late_timers_++ > 0 && late <= latest_) return;
  latest_ = late;
  latest_text_ = timer.repr();
}

nanoseconds Turn::took(nanoseconds now) const {
  return common::saturated_difference(common::saturated_difference(now, began_),
                                      reports_);
}

std::string Turn::report(nanoseconds took) {
  std::string text = fmt::format("One turn of the loop took {:.3f} seconds: {}",
                                 common::to_seconds(took), callbacks_);
  text += callbacks_ == 1 ? " callback, and it was not slow"
                          : " callbacks, none of them slow";
  const auto shares = shares_.three_largest(
      [this](const Share& share) { return share.turn == number_; },
      &Share::total);
  const auto tell = [&](nanoseconds time, std::string_view what) {
    if (time < std::chrono::microseconds(500)) return;
    text += fmt::format("\n  {:.3f} s  {}", common::to_seconds(time), what);
    took = common::saturated_difference(took, time);
  };
  for (const Share* share : shares) {
    std::string what =
        share->name + " created at " + common::file_line(share->place);
    if (share->times > 1) {
      what += fmt::format(", {} times, the longest {:.3f} s", share->times,
                          common::to_seconds(share->longest));
    }
    tell(share->total, what);
  }
  tell(took, "elsewhere");
  return text;
}

std::string Turn::late_report() const {
  std::string text = fmt::format("{} ran {:.3f} seconds late", latest_text_,
                                 common::to_seconds(latest_));
  if (late_timers_ == 2) text += ", and so did another timer";
  if (late_timers_ > 2) {
    text += fmt::format(", and so did {} more timers", late_timers_ - 1);
  }
  return text;
}

}  // namespace ch11
