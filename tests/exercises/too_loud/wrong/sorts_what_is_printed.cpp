// Sorts by the milliseconds that are printed: what differs by less is equal.

#include "chapters/10_watchdog/exercises/too_loud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/clock.hpp"

namespace exercises {

bool Muffler::stalled(const std::string& place, nanoseconds held) {
  Account& account = accounts_[place];
  ++account.times;
  account.total += held;
  account.longest = std::max(account.longest, held);
  int rest = account.times;
  while (rest % 10 == 0) rest /= 10;
  if (rest != 1) return false;
  account.told = account.times;
  return true;
}

std::vector<std::string> Muffler::summary() const {
  std::vector<std::pair<std::string, Account>> again;
  for (const auto& [place, account] : accounts_) {
    if (account.times > account.told) again.emplace_back(place, account);
  }
  std::ranges::stable_sort(again, [](const auto& a, const auto& b) {
    using std::chrono::milliseconds;
    using std::chrono::round;
    return round<milliseconds>(a.second.total) >
           round<milliseconds>(b.second.total);
  });
  std::vector<std::string> lines;
  for (const auto& [place, account] : again) {
    lines.push_back(fmt::format(
        "{} held the loop {} times, {:.3f} s in all, the longest {:.3f} s",
        place, account.times, common::to_seconds(account.total),
        common::to_seconds(account.longest)));
  }
  return lines;
}

}  // namespace exercises
