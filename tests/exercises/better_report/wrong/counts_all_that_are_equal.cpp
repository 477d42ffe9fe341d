// Counts equal coroutines wherever they are in the chain.

#include "chapters/08_asyncio_debug/exercises/better_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exercises {

namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

std::string text(nanoseconds duration) {
  if (duration >= 1ms) return fmt::format("{} ms", duration / 1ms);
  return fmt::format("{} us", duration / 1us);
}

bool same(const Standing& a, const Standing& b) {
  return a.function == b.function && a.file == b.file && a.line == b.line;
}

}  // namespace

std::string better_report(const SlowStep& step) {
  const auto& [task, chain, took, limit] = step;
  std::string report =
      fmt::format("{} held the loop for {}, ", task, text(took));
  if (limit == 0ns) {
    report += "the limit is 0 us";
  } else {
    const auto tenths = took * 10 / limit;
    report += fmt::format("{}.{} times the limit of {}", tenths / 10,
                          tenths % 10, text(limit));
  }
  if (chain.empty()) return report + "\n> it has ended";
  std::vector<std::pair<Standing, int>> counted;
  for (const Standing& each : chain) {
    const auto found = std::find_if(
        counted.begin(), counted.end(),
        [&](const auto& known) { return same(known.first, each); });
    if (found == counted.end())
      counted.push_back({each, 1});
    else
      ++found->second;
  }
  for (const auto& [at, count] : counted) {
    report += fmt::format("\n{} {} at {}:{}",
                          &at == &counted.back().first ? ">" : " ", at.function,
                          at.file, at.line);
    if (count > 1) report += fmt::format(", {} times", count);
  }
  return report;
}

}  // namespace exercises
