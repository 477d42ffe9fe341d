#include <chrono>
#include <string>
#include <vector>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "chapters/10_watchdog/exercises/too_loud.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::nanoseconds;

std::string place(int line) { return fmt::format("kitchen.cpp:{}", line); }

// Many stalls of one place: which of them were reported?
void stall(probe::Run& run, exercises::Muffler& muffler,
           const std::string& where, int times, nanoseconds held, int& so_far) {
  if (times == 1) {
    run.step("a stall of {} for {}", where, probe::text(held));
  } else {
    run.step("{} stalls of {} for {} each", times, where, probe::text(held));
  }
  std::vector<std::string> told;
  for (int i = 0; i < times; ++i) {
    ++so_far;
    if (muffler.stalled(where, held) && told.size() < 12) {
      told.push_back(fmt::format("{} of {}", so_far, where));
    }
  }
  run.see("reported, by their number", told);
}

void one_place(probe::Run& run) {
  exercises::Muffler muffler;
  const auto held = run.milliseconds(100, 900);
  const std::string where = place(run.number(5, 90));
  int count = 0;
  stall(run, muffler, where, 1, held, count);
  stall(run, muffler, where, run.number(3, 8), held, count);
  stall(run, muffler, where, 10, held, count);
  stall(run, muffler, where, 1500, held, count);
  run.why(
      "\"and so on\" has no end: a list of the numbers to report ends "
      "somewhere, "
      "and a loop that runs for months comes there");
  stall(run, muffler, where, 1'000'000, held, count);
}

void each_place(probe::Run& run) {
  exercises::Muffler muffler;
  const auto held = run.milliseconds(100, 900);
  const int line = run.number(5, 90);
  int first = 0;
  int second = 0;
  int third = 0;
  stall(run, muffler, place(line), run.number(4, 9), held, first);
  stall(run, muffler, place(line + 18), run.number(11, 40), held, second);
  stall(run, muffler, place(line), 10, held, first);
  stall(run, muffler, place(line + 21), 1, held, third);
  stall(run, muffler, place(line + 18), 90, held, second);
}

// Two stalls of each place, which differ by a nanosecond in all, and the larger
// one belongs to the place that would come last.
void nearly_equal(probe::Run& run) {
  run.why(
      "the time in all decides, to the nanosecond: the number that is printed "
      "for it is rounded, and so is a double");
  const nanoseconds brief = run.milliseconds(100, 900);
  for (const nanoseconds held : {brief, 5000 * std::chrono::hours(1) + brief}) {
    exercises::Muffler muffler;
    run.step("another loop");
    for (const int line : {10, 20, 30}) {
      int count = 0;
      stall(run, muffler, place(line), 1, held, count);
      stall(run, muffler, place(line), 1,
            held + nanoseconds(line == 20 ? 1 : 0), count);
    }
    run.see_lines("the summary", muffler.summary());
  }
}

void at_the_end(probe::Run& run) {
  exercises::Muffler muffler;
  const auto held = run.milliseconds(100, 900);
  int count = 0;
  run.see_lines("the summary", muffler.summary());
  stall(run, muffler, place(50), 1, 3 * held, count);
  run.step("{} was told at its last stall", place(50));
  run.see_lines("the summary", muffler.summary());
  count = 0;
  stall(run, muffler, place(9), 4, held, count);
  stall(run, muffler, place(9), 1, 60 * held, count);
  stall(run, muffler, place(9), 1, held, count);
  count = 0;
  stall(run, muffler, place(30), 27, held, count);
  run.why("the most time in all comes first, and of equal ones the place");
  count = 0;
  stall(run, muffler, place(27), 27, held, count);
  run.see_lines("the summary", muffler.summary());
  run.why("a place that was told at its last stall has nothing new to tell");
  count = 27;
  stall(run, muffler, place(30), 73, held, count);
  run.see_lines("the summary", muffler.summary());
  nearly_equal(run);
}

// Where the reports of a loop are made.
class QuietLoop final : public ch07::EventLoop {
 public:
  explicit QuietLoop(common::Clock& clock) : ch07::EventLoop(clock) {
    set_debug(true);
  }
  exercises::Muffler muffler;
  int reports = 0;

 protected:
  void report_slow(ch02::LoopObject& object,
                   nanoseconds took) noexcept override {
    if (muffler.stalled(common::file_line(object.created_at()), took)) {
      ++reports;
    }
  }
};

void ten_thousand(probe::Run& run) {
  common::VirtualClock clock;
  QuietLoop loop(clock);
  const auto held = run.milliseconds(100, 900);
  const int every = run.number(2, 2000);
  run.step(
      "a loop on a virtual clock, and 10000 callbacks that hold it; one in "
      "{} is made at a place of its own",
      every);
  for (int i = 0; i < 10'000; ++i) {
    const auto callback = [&clock, held] { clock.advance(held); };
    if (i % every == 0) {
      loop.call_soon(callback);
    } else {
      loop.call_soon(callback);  // another line, and so another place
    }
  }
  loop.stop();
  loop.run_forever();
  run.see("reports", loop.reports);
  loop.close();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"one_place", one_place},
                      {"each_place", each_place},
                      {"at_the_end", at_the_end},
                      {"ten_thousand", ten_thousand}});
}
