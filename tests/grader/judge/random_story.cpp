#include "tests/grader/judge/random_story.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <csignal>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace grader {

namespace {

constexpr int kMostTries = 100;

struct Written {
  int number = 0;
  std::size_t operations = 0;
};

// "random story 7 (100 operations)", in our own report.
std::optional<Written> first_that_differs(const CaseVerdict& verdict) {
  const auto& lines = verdict.expected.lines;
  if (!verdict.difference || *verdict.difference >= lines.size()) return {};
  std::string_view text = lines[*verdict.difference].what;
  const auto take = [&text](std::string_view before, auto& number) {
    if (!text.starts_with(before)) return false;
    text.remove_prefix(before.size());
    const char* const begin = text.data();
    const auto [rest, error] =
        std::from_chars(begin, begin + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(rest - begin));
    return error == std::errc();
  };
  Written story;
  if (!take("random story ", story.number) || !take(" (", story.operations)) {
    return {};
  }
  return story;
}

// Each further try would take as long.
bool takes_long(const Result& process) {
  return process.timed_out || process.too_much_memory ||
         process.killed_by == SIGXCPU;
}

// Starts a probe that tells a story of the case, or a part of it ("7:0,4,5",
// see probe.hpp), and nothing else.
Runner telling(const std::string& part, const Runner& runner) {
  return [part, runner](const Request& request) {
    Request with_story = request;
    with_story.arguments.insert(with_story.arguments.end(), {"--story", part});
    return runner(with_story);
  };
}

}  // namespace

CaseVerdict with_shortest_story(const Compare& compare, const Runner& theirs) {
  CaseVerdict verdict = compare(run, theirs);
  const auto tell = [&](const std::string& part) {
    return compare(telling(part, run), telling(part, theirs));
  };
  const auto story = first_that_differs(verdict);
  if (!story) return verdict;
  CaseVerdict shortest = tell(fmt::format("{}", story->number));
  if (shortest.passed()) return verdict;
  if (takes_long(shortest.got.process)) return shortest;

  std::vector<std::size_t> kept(story->operations);
  std::iota(kept.begin(), kept.end(), 0U);
  int tries = 0;
  // From the end: what comes after the operation that went wrong goes first.
  const auto leave_out = [&](std::size_t size) {
    bool shorter = false;
    for (std::size_t end = kept.size(); end > 0 && tries < kMostTries;) {
      const std::size_t begin = end > size ? end - size : 0;
      std::vector<std::size_t> rest;
      for (std::size_t i = 0; i < kept.size(); ++i) {
        if (i < begin || i >= end) rest.push_back(kept[i]);
      }
      ++tries;
      CaseVerdict verdict_on_rest =
          tell(fmt::format("{}:{}", story->number, fmt::join(rest, ",")));
      if (!verdict_on_rest.passed()) {
        shortest = std::move(verdict_on_rest);
        kept = std::move(rest);
        shorter = true;
      }
      end = begin;
    }
    return shorter;
  };
  for (std::size_t size = kept.size() / 2; size > 1; size /= 2) leave_out(size);
  while (leave_out(1)) {
  }
  return shortest;
}

}  // namespace grader
