// Cuts the name at a line break.

#include "chapters/08_asyncio_debug/exercises/better_report.hpp"

#include <fmt/format.h>

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
  std::string report = fmt::format("{} held the loop for {}, ",
                                   task.substr(0, task.find('\n')), text(took));
  if (limit == 0ns) {
    report += "the limit is 0 us";
  } else {
    const auto tenths = took * 10 / limit;
    report += fmt::format("{}.{} times the limit of {}", tenths / 10,
                          tenths % 10, text(limit));
  }
  if (chain.empty()) return report + "\n> it has ended";
  for (std::size_t first = 0, end = 0; first < chain.size(); first = end) {
    while (end < chain.size() && same(chain[first], chain[end])) ++end;
    const Standing& at = chain[first];
    report += fmt::format("\n{} {} at {}:{}", end == chain.size() ? ">" : " ",
                          at.function, at.file, at.line);
    if (end - first > 1) report += fmt::format(", {} times", end - first);
  }
  return report;
}

}  // namespace exercises
