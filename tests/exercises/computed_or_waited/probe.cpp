#include <chrono>
#include <string>

#include "chapters/10_watchdog/exercises/computed_or_waited.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Look;
using exercises::Verdict;
using std::chrono::nanoseconds;

std::string word(Verdict verdict) {
  switch (verdict) {
    case Verdict::computed:
      return "computed";
    case Verdict::waited:
      return "waited";
    case Verdict::stood_still:
      return "stood still";
  }
  return "(no verdict)";
}

void look(probe::Run& run, const Look& look, nanoseconds limit) {
  run.step("held {}, of which the thread used {}", probe::text(look.held),
           probe::text(look.used));
  run.step("the watchdog woke {} too late; the process used {} in that sleep",
           probe::text(look.late), probe::text(look.process));
  const auto [verdict, counted] = exercises::judge(look, limit);
  run.see("the verdict",
          word(verdict) + ", " + probe::text(counted) + " are the callback's");
}

constexpr const char* kOddHalf =
    "half of an odd number of nanoseconds is no whole number: divided by two, "
    "it is rounded down, and what is a little less than half counts as half";

void odd_time(probe::Run& run) {
  run.why(kOddHalf);
  const auto limit = run.milliseconds(20, 200);
  const nanoseconds half = run.nanoseconds(1, 900'000'000);
  const auto some = run.microseconds(10, 90);
  for (const nanoseconds part : {half, nanoseconds(0)}) {
    run.step("a limit of {}", probe::text(limit));
    const nanoseconds held = 2 * part + nanoseconds(1);
    look(run, {held, part, some, some}, limit);
    look(run, {held, part + nanoseconds(1), some, some}, limit);
  }
}

void on_time(probe::Run& run) {
  const auto limit = run.milliseconds(20, 200);
  run.step("a limit of {}", probe::text(limit));
  const auto held = 2 * run.milliseconds(300, 900);
  const auto some = run.microseconds(10, 90);
  look(run, {held, held, some, some}, limit);
  look(run, {held, nanoseconds(0), some, some}, limit);
  look(run, {held, held / 2, some, some}, limit);
  look(run, {held, held / 2 - nanoseconds(1), some, some}, limit);
  look(run, {held, held - some, some, some}, limit);
  look(run, {held, some, some, some}, limit);
  run.why(
      "of a callback that has just begun, half of nothing is nothing: compare "
      "the two times, because a share of nothing cannot be computed");
  look(run, {nanoseconds(0), nanoseconds(0), some, some}, limit);
  odd_time(run);
}

void stood_still(probe::Run& run) {
  const auto limit = run.milliseconds(20, 200);
  run.step("a limit of {}", probe::text(limit));
  const auto ran = run.milliseconds(1, 19);
  const auto pause = 10 * run.milliseconds(300, 900);
  const auto some = run.microseconds(10, 90);
  look(run, {pause + ran, some, pause, nanoseconds(0)}, limit);
  look(run, {pause + ran, ran, pause, some}, limit);
  run.why(
      "equal to the limit counts: less than the limit is what a busy machine "
      "does now and then");
  look(run, {limit + ran, some, limit, some}, limit);
  look(run, {limit + ran, some, limit - nanoseconds(1), some}, limit);
  run.why(
      "the laptop was closed over night, and the callback had begun only a "
      "moment before");
  look(run,
       {8 * std::chrono::hours(1) + ran, some, 8 * std::chrono::hours(1), some},
       limit);
  run.why(
      "the process stopped before the callback was seen first: all of it is "
      "nobody's, and less than nothing is no time");
  look(run, {pause, some, pause + ran, some}, limit);
  look(run, {pause, some, pause, some}, limit);
}

void odd_lateness(probe::Run& run) {
  run.why(kOddHalf);
  const nanoseconds half = run.nanoseconds(10'000'000, 90'000'000);
  const nanoseconds more = run.nanoseconds(0, 90'000'000);
  for (const nanoseconds part : {half, nanoseconds(1)}) {
    const nanoseconds late = 2 * part + nanoseconds(1);
    const nanoseconds held = 2 * late + 2 * more;
    const nanoseconds limit = late - nanoseconds(1);
    run.step("a limit of {}", probe::text(limit));
    look(run, {held, held, late, part}, limit);
    look(run, {held, held, late, part + nanoseconds(1)}, limit);
  }
}

void busy_machine(probe::Run& run) {
  const auto limit = run.milliseconds(20, 200);
  run.step("a limit of {}", probe::text(limit));
  const auto held = 4 * run.milliseconds(300, 900);
  const auto late = 2 * limit;
  look(run, {held, held, late, late}, limit);
  look(run, {held, held, late, late / 2}, limit);
  look(run, {held, held, late, late / 2 - nanoseconds(1)}, limit);
  run.why(
      "the loop's thread waits, and another thread of the process computes: "
      "the process did run");
  look(run, {held, nanoseconds(0), late, 2 * late}, limit);
  run.why(
      "the callback computed until the machine stopped: the pause is taken "
      "off all the same");
  look(run, {held, held - late, late, nanoseconds(0)}, limit);
  look(run, {held, held / 4, late, late}, limit);
  look(run, {held, 3 * held / 4, limit - nanoseconds(1), nanoseconds(0)},
       limit);
  odd_lateness(run);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"on_time", on_time},
                      {"stood_still", stood_still},
                      {"busy_machine", busy_machine}});
}
