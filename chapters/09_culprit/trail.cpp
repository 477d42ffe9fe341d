#include "chapters/09_culprit/trail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "common/clock.hpp"
#include "common/place.hpp"

namespace ch09 {

using ch03::Frame;
using std::chrono::nanoseconds;

namespace {

using Place = std::source_location;

// #region same
// The compiler has one object for each place in the source, and all that stand
// there refer to it. What they refer to need not be read.
bool same(const Place& a, const Place& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}
// A frame's address says nothing: it may be another coroutine's by now.
inline bool same(const Stretch& a, const Stretch& b) {
  return same(a.from, b.from) && same(a.to, b.to) &&
         same(a.function, b.function);
}
// #endregion same

// To milliseconds, as the log shows it.
nanoseconds rounded(nanoseconds time) {
  using std::chrono::milliseconds;
  return std::chrono::floor<milliseconds>(
      common::saturated_sum(time, std::chrono::microseconds(500)));
}

std::string name_of(const Place& function) {
  return common::function_name(function) + "()";
}

}  // namespace

std::string text(const Stretch& stretch) {
  const auto place = [&stretch](const Place& at, const char* function) {
    return same(at, stretch.function) ? function : common::file_line(at);
  };
  std::string text = fmt::format("{} from {} to {}", name_of(stretch.function),
                                 place(stretch.from, "its beginning"),
                                 place(stretch.to, "its end"));
  if (stretch.times > 1) {
    text += fmt::format(", {} times, the longest {:.3f} s", stretch.times,
                        common::to_seconds(stretch.longest));
  }
  return text;
}

void Trail::clear() {
  count_ = last_ = 0;
  other_times_ = 0;
  other_total_ = nanoseconds(0);
  since_.reset();
  longest_ = {};
  caller_count_ = 0;
}

// #region account
inline Stretch& Trail::account_of(const Stretch& wanted) {
  // A loop repeats its stretches in their order.
  last_ = last_ + 1 < count_ ? last_ + 1 : 0;
  if (last_ < count_ && same(accounts_[last_], wanted)) return accounts_[last_];
  return found_or_new(wanted);
}
// #endregion account

// #region new_account
Stretch& Trail::found_or_new(const Stretch& wanted) {
  for (last_ = 0; last_ < count_; ++last_) {
    if (same(accounts_[last_], wanted)) return accounts_[last_];
  }
  if (count_ < kMost) return accounts_[count_++] = wanted;
  // The smallest makes room: a large one must not be missing.
  const auto least = std::ranges::min_element(accounts_, {}, &Stretch::total);
  other_times_ += least->times;
  other_total_ = common::saturated_sum(other_total_, least->total);
  last_ = static_cast<std::size_t>(least - accounts_.begin());
  return *least = wanted;
}
// #endregion new_account

// #region close
inline void Trail::close(const Frame& frame, const Place& to, nanoseconds now) {
  if (!since_) return;
  now = std::max(now, *since_);
  const auto took = common::saturated_difference(now, *since_);
  since_ = now;
  Stretch& stretch = account_of({frame.defined_at(), from_, to});
  ++stretch.times;
  if (took == nanoseconds(0)) return;  // on a coarse clock as a rule
  stretch.total = common::saturated_sum(stretch.total, took);
  stretch.longest = std::max(stretch.longest, took);
  // #endregion close
  if (took <= longest_.longest) return;
  longest_ = stretch;
  caller_count_ = 0;
  const Frame* caller = frame.caller();
  for (; caller && caller_count_ < kMostCallers; caller = caller->caller()) {
    callers_[caller_count_++] = {caller->defined_at(), caller->place()};
  }
  more_callers_ = caller != nullptr;
}

// #region moves
void Trail::enter(const Frame& frame, nanoseconds now) {
  if (!since_) since_ = now;  // the step begins
  from_ = frame.place();
}

void Trail::stand(const Frame& frame, nanoseconds now) {
  close(frame, frame.place(), now);
  from_ = frame.place();
}

void Trail::leave(const Frame& frame, nanoseconds now) {
  close(frame, frame.defined_at(), now);
  if (frame.caller()) from_ = frame.caller()->place();
}
// #endregion moves

std::vector<Stretch> Trail::stretches() const {
  std::vector<Stretch> all;
  for (std::size_t i = 0; i < count_; ++i) {
    const auto behind = std::ranges::upper_bound(
        all, accounts_[i].total, std::ranges::greater(), &Stretch::total);
    all.insert(behind, accounts_[i]);
  }
  return all;
}

std::string Trail::callers_text() const {
  std::string text;
  for (std::size_t i = 0; i < caller_count_; ++i) {
    text += fmt::format("{} {} at {}", i == 0 ? "\n           awaited by" : ",",
                        name_of(callers_[i].function),
                        common::file_line(callers_[i].place));
  }
  return more_callers_ ? text + ", and others" : text;
}

std::string Trail::report(nanoseconds took) const {
  std::string lines;
  // #region column
  nanoseconds told{0};
  const auto tell = [&](nanoseconds time, std::string_view what) {
    // The difference of two rounded sums: so the column adds up, too.
    const nanoseconds before = rounded(told);
    told = common::saturated_sum(told, time);
    const nanoseconds shown = rounded(told) - before;
    if (shown == nanoseconds(0)) return false;
    lines += fmt::format("\n  {:.3f} s  {}", common::to_seconds(shown), what);
    return true;
  };
  // #endregion column
  // #region report
  int others = other_times_;
  nanoseconds other_total = other_total_;
  for (const Stretch& stretch : stretches()) {
    if (stretch.total < took / 20) {
      others += stretch.times;
      other_total = common::saturated_sum(other_total, stretch.total);
    } else if (tell(stretch.total, text(stretch)) && same(stretch, longest_)) {
      lines += callers_text();
    }
  }
  tell(other_total, fmt::format("in other stretches, {} in all", others));
  tell(common::saturated_difference(took, told), "elsewhere");
  // #endregion report
  return lines;
}

}  // namespace ch09
