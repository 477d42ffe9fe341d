#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
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
  run.step("add {}, {}", probe::text(duration),
           times == 1 ? "once" : fmt::format("{} times", times));
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

  run.why("without a limit there is one bucket, for all");
  SlowHistogram for_all = made(run, {});
  const auto some = run.milliseconds(1, 1000);
  add(run, for_all, some, run.number(2, 9));
  see_counts(run, for_all);

  run.why("the last bucket has no end, and the first begins at zero");
  add(run, histogram, {nanoseconds::max(), 0ns, 1ns});
  see_counts(run, histogram);

  run.why("each histogram has its own counts, and each duration counts once");
  Durations many;
  nanoseconds last = 0ns;
  for (int i = 0; i < 6; ++i) {
    last += run.milliseconds(1, 40);
    many.push_back(last);
  }
  SlowHistogram other = made(run, many);
  Durations all;
  for (int i = 0; i < 12; ++i) all.push_back(run.milliseconds(0, 200));
  add(run, other, all);
  see_counts(run, other);
}

void equal_goes_up(probe::Run& run) {
  Durations limits = some_limits(run);
  limits[1] += run.nanoseconds(1, 999'999);
  limits[2] += run.nanoseconds(1, 999'999);
  SlowHistogram histogram = made(run, limits);
  for (const nanoseconds limit : limits) {
    add(run, histogram, limit, run.number(2, 9));
    see_counts(run, histogram);
    run.why(
        "a duration is compared as it is, to the nanosecond: rounded to "
        "milliseconds, it no longer is its limit");
  }
  run.why("a duration counts as it is, to the nanosecond");
  for (const nanoseconds limit : limits) {
    add(run, histogram, {limit - 1ns, limit + 1ns});
    see_counts(run, histogram);
  }
  add(run, histogram, 0ns, run.number(2, 9));
  see_counts(run, histogram);

  SlowHistogram narrow = made(run, {1ns, 2ns, 3ns});
  add(run, narrow, {0ns, 1ns, 1ns, 2ns, 2ns, 2ns, 4ns});
  see_counts(run, narrow);
  Durations many;
  nanoseconds last = 0ns;
  for (int i = 0; i < 6; ++i) {
    last += run.nanoseconds(1, 40);
    many.push_back(last);
  }
  SlowHistogram fine = made(run, many);
  Durations all;
  for (int i = 0; i < 12; ++i) all.push_back(run.nanoseconds(0, 200));
  add(run, fine, all);
  see_counts(run, fine);

  run.why(
      "a duration counts as it is, however long: as a double, two that are a "
      "nanosecond apart are equal from some months on");
  const nanoseconds long_time = 24h * run.number(500, 9'000);
  for (const nanoseconds base : {long_time, nanoseconds::max() - 2ns}) {
    SlowHistogram late = made(run, {base, base + 1ns, base + 2ns});
    add(run, late, base - 1ns, 1);
    add(run, late, base, 2);
    add(run, late, base + 1ns, 3);
    add(run, late, base + 2ns, 4);
    see_counts(run, late);
  }
}

// Durations around the limits, and the picture of them now and then.
void any_order(probe::Story& story) {
  auto& run = story.run;
  Durations limits;
  nanoseconds last = 0ns;
  for (int i = run.number(0, 5); i > 0; --i) {
    last += run.milliseconds(1, 300);
    // Not a half, which may be rounded up or down.
    limits.push_back(last + run.pick<nanoseconds>({0ns, 1ns, 300us, 700us}));
  }
  const auto histogram = std::make_shared<SlowHistogram>(made(run, limits));
  limits.push_back(0ns);
  for (int i = 0; i < 100; ++i) {
    const auto near = run.pick(limits);
    const auto duration = std::max(0ns, near + run.nanoseconds(-2, 2));
    const int many = run.number(10, 40);
    const int times = run.number(1, 9) == 1 ? many : 1;
    if (run.number(1, 10) == 1) {
      story.add([=, &run] {
        run.why(
            "a bar has a # for each duration, unless the fullest bucket has "
            "more than kWidth: then all are in proportion to that one, rounded "
            "up");
        run.see_lines("lines()", histogram->lines());
      });
    } else {
      story.add([=, &run] { add(run, *histogram, duration, times); });
    }
  }
  story.at_end([=, &run] {
    run.why("each duration counts once, in the bucket that it belongs to");
    see_counts(run, *histogram);
  });
}

void bars(probe::Run& run) {
  const Durations limits = some_limits(run);
  SlowHistogram histogram = made(run, limits);
  run.why(
      "an empty histogram has a line for each bucket: where it begins, in "
      "seconds with three decimals, a bar of kWidth blanks, and 0");
  run.see_lines("lines()", histogram.lines());
  run.why(
      "while no bucket has more than kWidth, a bar has a # for each duration");
  add(run, histogram, 0ns, run.number(2, 9));
  add(run, histogram, limits[2] + 1ms, run.number(10, 18));
  run.see_lines("lines()", histogram.lines());
  SlowHistogram full = made(run, {limits[1]});
  add(run, full, 0ns, 20);
  add(run, full, limits[1], 7);
  run.see_lines("lines()", full.lines());

  run.why(
      "if the fullest bucket has more than kWidth, its bar is kWidth long, and "
      "the others are in proportion");
  add(run, full, 0ns, 20);
  add(run, full, limits[1], 1);
  run.see_lines("lines()", full.lines());
  run.why(
      "the others round up: the one slow callback among a thousand is the "
      "news, and must not look like none");
  SlowHistogram one_more = made(run, {limits[0], limits[1]});
  add(run, one_more, 0ns, 21);
  add(run, one_more, limits[0], 20);
  add(run, one_more, limits[1], run.number(2, 19));
  run.see_lines("lines()", one_more.lines());
  const int many = run.number(300, 900);
  add(run, histogram, limits[2] + 1ms, many);
  add(run, histogram, limits[1] + 1ms, many / 2);
  run.see_lines("lines()", histogram.lines());

  run.why(
      "to round up is for a rest: what fits exactly stays as it is, which "
      "needs whole numbers: no double is exactly 20 / 147");
  SlowHistogram exact = made(run, limits);
  const auto [most, part] =
      run.pick<std::pair<int, int>>({{116, 87}, {147, 147}, {294, 147}});
  add(run, exact, 0ns, most);
  add(run, exact, limits[0], part);
  const int twentieth = run.number(2, 9);
  add(run, exact, limits[1], 1);
  run.see_lines("lines()", exact.lines());
  SlowHistogram twentieths = made(run, limits);
  add(run, twentieths, 0ns, 20 * twentieth);
  add(run, twentieths, limits[0], run.number(2, 19) * twentieth);
  add(run, twentieths, limits[1], run.number(2, 19) * twentieth + 1);
  run.see_lines("lines()", twentieths.lines());

  run.why(
      "a bucket begins at its limit, in seconds with three decimals, rounded: "
      "8 characters wide, or more if it needs them");
  const int days = run.number(2, 9);
  SlowHistogram wide =
      made(run, {1ns, 1'700us, 12'345ms, std::chrono::hours(24 * days)});
  run.see_lines("lines()", wide.lines());
  run.why(
      "a long time has its three decimals, too: a float has seven digits in "
      "all, and a double has enough");
  const nanoseconds years = 365 * 24h * run.number(100, 290);
  const nanoseconds odd = 24h * run.number(300, 900);
  const auto rest = run.milliseconds(1, 999);
  SlowHistogram wider = made(run, {odd + rest, years + rest});
  run.see_lines("lines()", wider.lines());

  run.stories(20, any_order);
}

void refuses(probe::Run& run) {
  const Durations limits = some_limits(run);
  std::vector<Durations> wrong = {{limits[1], limits[0]},
                                  {limits[0], limits[2], limits[1]},
                                  {limits[1], limits[0], limits[2]},
                                  {limits[0], limits[1], limits[0]},
                                  {limits[0], limits[1], limits[1]},
                                  {limits[0], limits[0]},
                                  {0ns, limits[0]},
                                  {0ns},
                                  {-limits[0]},
                                  {-limits[0], limits[0]},
                                  {limits[0], -limits[1]}};
  run.shuffle(wrong);
  run.why(
      "each limit must be above zero and above the one before it: a histogram "
      "with other limits is not made, and the order is not put right");
  for (const Durations& these : wrong) {
    run.see_outcome("the limits " + probe::text(these),
                    [&] { const SlowHistogram refused(these); });
  }
  run.why("limits one nanosecond apart are right");
  run.see_outcome("the limits 1 ns, 2 ns",
                  [] { const SlowHistogram narrow({1ns, 2ns}); });
  SlowHistogram histogram = made(run, limits);
  const std::size_t which = run.coin() ? 1 : 2;
  add(run, histogram, limits[which] + 1ms, run.number(2, 9));
  run.why("negative time is a fault of the caller's, and is told at once");
  const nanoseconds negative = -run.milliseconds(1, 100);
  run.see_outcome("add " + probe::text(negative),
                  [&] { histogram.add(negative); });
  run.see_outcome("add -1 ns", [&] { histogram.add(-1ns); });
  run.why("what is refused is not counted: check before you count");
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
