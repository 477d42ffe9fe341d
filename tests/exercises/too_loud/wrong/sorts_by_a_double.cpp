// Sorts by seconds as a double, which has no nanoseconds left after some
// months.

#include "chapters/10_watchdog/exercises/too_loud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/clock.hpp"

namespace exercises {

namespace {

bool is_power_of_ten(int number) {
  while (number % 10 == 0) number /= 10;
  return number == 1;
}

}  // namespace

bool Muffler::stalled(const std::string& place, nanoseconds held) {
  Account& account = accounts_[place];
  ++account.times;
  account.total += held;
  account.longest = std::max(account.longest, held);
  if (!is_power_of_ten(account.times)) return false;
  account.told = account.times;
  return true;
}

std::vector<std::string> Muffler::summary() const {
  std::vector<std::pair<std::string, Account>> all;
  for (const auto& [place, account] : accounts_) {
    if (account.times > account.told) all.emplace_back(place, account);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    const double one = common::to_seconds(a.second.total);
    const double other = common::to_seconds(b.second.total);
    if (one != other) return one > other;
    return a.first < b.first;
  });
  std::vector<std::string> lines;
  for (const auto& [place, account] : all) {
    lines.push_back(fmt::format(
        "{} held the loop {} times, {:.3f} s in all, the longest {:.3f} s",
        place, account.times, common::to_seconds(account.total),
        common::to_seconds(account.longest)));
  }
  return lines;
}

}  // namespace exercises
