#include <stdlib.h>
#include <time.h>

#include <chrono>
#include <string>

#include "chapters/04_logging/exercises/time_field.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::nanoseconds;
using std::chrono::system_clock;
using namespace std::chrono_literals;

// A record that was made so long after (or before) the beginning of 1970.
void show(probe::Run& run, nanoseconds since_1970) {
  const bool before = since_1970 < 0ns;
  run.step("a record is made {} {} 1970-01-01 00:00:00 UTC",
           probe::text(before ? -since_1970 : since_1970),
           before ? "before" : "after");
  ch04::LogRecord record;
  record.created = system_clock::time_point(
      std::chrono::duration_cast<system_clock::duration>(since_1970));
  const std::string text = exercises::time_field(record);
  run.see("time_field", text);
}

// A second of some day in those years; for choosing one, all have 365 days.
std::chrono::seconds some_second(probe::Run& run, int first_year,
                                 int last_year) {
  const auto day =
      run.number(365 * (first_year - 1970) + 60, 365 * (last_year - 1970) + 60);
  const auto second = run.number(0, 86'399);
  return 24h * day + 1s * second;
}

void three_digits(probe::Run& run) {
  const int hours = run.number(1, 11);
  const int minutes = run.pick(std::vector<int>{0, 15, 30, 45});
  run.step("this machine is {} h {} min ahead of UTC", hours, minutes);
  const std::string zone =
      "XXX-" + std::to_string(hours) + ":" + std::to_string(minutes);
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
  const auto first = some_second(run, 1971, 2000);
  show(run, first + run.milliseconds(100, 999));
  const auto second = some_second(run, 2000, 2040);
  show(run, second + run.milliseconds(10, 99));
  const auto third = some_second(run, 2040, 2190);
  show(run, third + run.milliseconds(1, 9));
}

void never_rounded_up(probe::Run& run) {
  const auto second = some_second(run, 1990, 2100);
  const auto rest = run.milliseconds(0, 998) + 500us;
  show(run, second + rest + run.microseconds(0, 499));
  show(run, second + 999ms + run.microseconds(500, 999));
  const auto midnight = 24h * run.number(7300, 40'000);
  show(run, midnight - 1us);
  show(run, midnight);
}

void before_the_epoch(probe::Run& run) {
  show(run, -run.milliseconds(1, 999));
  const auto second = some_second(run, 1710, 1969);
  show(run, second);
  show(run, second - run.milliseconds(1, 999));
  show(run, second - run.microseconds(1, 999));
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"three_digits", three_digits},
                      {"never_rounded_up", never_rounded_up},
                      {"before_the_epoch", before_the_epoch}});
}
