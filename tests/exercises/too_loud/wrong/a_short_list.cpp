// The numbers to report are a list, and the list ends at 100,000.

#include "chapters/10_watchdog/exercises/too_loud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/clock.hpp"

namespace exercises {

namespace {

bool is_power_of_ten(int number) {
  constexpr std::array kAll = {1, 10, 100, 1'000, 10'000, 100'000};
  return std::find(kAll.begin(), kAll.end(), number) != kAll.end();
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
    if (a.second.total != b.second.total)
      return a.second.total > b.second.total;
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
