#include <chrono>
#include <string>
#include <vector>

#include "chapters/06_slow_callback/exercises/slow_histogram.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::SlowHistogram;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

using Durations = std::vector<nanoseconds>;

// Three limits that are far enough from each other, in whole milliseconds.
Durations some_limits(probe::Run& run) {
  const auto first = run.milliseconds(2, 20);
  const auto second = first + run.milliseconds(20, 80);
  return {first, second, second + run.milliseconds(100, 900)};
}

SlowHistogram made(probe::Run& run, const Durations& limits) {
  run.step("a histogram with the limits {}", probe::text(limits));
  return SlowHistogram(limits);
}

void add(probe::Run& run, SlowHistogram& histogram, const Durations& all) {
  run.step("add {}", probe::text(all));
  for (const nanoseconds duration : all) histogram.add(duration);
}

void add(probe::Run& run, SlowHistogram& histogram, nanoseconds duration,
         int times) {
  run.step("add {}, {} times", probe::text(duration), times);
  for (; times > 0; --times) histogram.add(duration);
}

void see_counts(probe::Run& run, const SlowHistogram& histogram) {
  run.see<std::vector<std::size_t>>("counts()", histogram.counts());
}

void counts_in_buckets(probe::Run& run) {
  const Durations limits = some_limits(run);
  SlowHistogram histogram = made(run, limits);
  see_counts(run, histogram);
  const auto more = run.milliseconds(1, 90);
  add(run, histogram, limits[1] + more, run.number(2, 9));
  see_counts(run, histogram);
  add(run, histogram, {limits[0] + 1ms, limits[0] - 1ms, limits[2] + 1h});
  see_counts(run, histogram);

  SlowHistogram for_all = made(run, {});
  const auto some = run.milliseconds(1, 1000);
  add(run, for_all, some, run.number(2, 9));
  see_counts(run, for_all);
}

void equal_goes_up(probe::Run& run) {
  Durations limits = some_limits(run);
  limits[1] += run.nanoseconds(1, 999'999);
  limits[2] += run.nanoseconds(1, 999'999);
  SlowHistogram histogram = made(run, limits);
  for (const nanoseconds limit : limits) {
    add(run, histogram, limit, run.number(2, 9));
    see_counts(run, histogram);
  }
  for (const nanoseconds limit : limits) {
    add(run, histogram, {limit - 1ns, limit + 1ns});
    see_counts(run, histogram);
  }
  add(run, histogram, 0ns, run.number(2, 9));
  see_counts(run, histogram);
}

void bars(probe::Run& run) {
  const Durations limits = some_limits(run);
  SlowHistogram histogram = made(run, limits);
  run.see_lines("lines()", histogram.lines());
  add(run, histogram, 0ns, run.number(2, 9));
  add(run, histogram, limits[2] + 1ms, run.number(10, 18));
  run.see_lines("lines()", histogram.lines());
  const int many = run.number(300, 900);
  add(run, histogram, limits[2] + 1ms, many);
  add(run, histogram, limits[1] + 1ms, many / 2);
  run.see_lines("lines()", histogram.lines());
}

void refuses(probe::Run& run) {
  const Durations limits = some_limits(run);
  const std::vector<Durations> wrong = {{limits[1], limits[0]},
                                        {limits[0], limits[2], limits[1]},
                                        {limits[0], limits[1], limits[1]},
                                        {0ns, limits[0]},
                                        {-limits[0], limits[0]}};
  for (const Durations& these : wrong) {
    run.see_outcome("the limits " + probe::text(these),
                    [&] { const SlowHistogram refused(these); });
  }
  SlowHistogram histogram = made(run, limits);
  const std::size_t which = run.coin() ? 1 : 2;
  add(run, histogram, limits[which] + 1ms, run.number(2, 9));
  const nanoseconds negative = -run.milliseconds(1, 100);
  run.see_outcome("add " + probe::text(negative),
                  [&] { histogram.add(negative); });
  run.see_outcome("add -1 ns", [&] { histogram.add(-1ns); });
  see_counts(run, histogram);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"counts_in_buckets", counts_in_buckets},
                      {"equal_goes_up", equal_goes_up},
                      {"bars", bars},
                      {"refuses", refuses}});
}
