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

// The beginning of a day.
nanoseconds day_of(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days date = std::chrono::year(year) /
                                     std::chrono::month(month) /
                                     std::chrono::day(day);
  return date.time_since_epoch();
}

void three_digits(probe::Run& run) {
  run.why(
      "the date and the time are written as a calendar and a clock show them: "
      "January is 01, and every number has all its digits");
  const auto early = run.milliseconds(100, 999);
  show(run, day_of(2003, 2, 1) + 4h + 5min + 6s + early + 300us);
  const int hours = run.number(1, 11);
  const int minutes = run.pick(std::vector<int>{0, 15, 30, 45});
  const bool ahead = run.coin();
  run.step("this machine is {} h {} min {} UTC", hours, minutes,
           ahead ? "ahead of" : "behind");
  const std::string zone = std::string("XXX") + (ahead ? "-" : "+") +
                           std::to_string(hours) + ":" +
                           std::to_string(minutes);
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
  run.why(
      "logs of two machines can be compared only if both count by the same "
      "clock: UTC");
  const auto first = some_second(run, 1971, 2000);
  show(run, first + run.milliseconds(100, 999) + 300us);
  run.why(
      "logs are sorted as texts, so every number has all its digits: three for "
      "the milliseconds, two for an hour, a minute, a second");
  const auto second = some_second(run, 2000, 2030);
  show(run, second + run.milliseconds(10, 99) + 300us);
  show(run, second + run.milliseconds(1, 9) + 300us);
  show(run, second);
  const auto minute = run.number(1, 9);
  show(run, day_of(2009, 8, 7) + 6h + 5min + 1s * minute + 4ms + 300us);
  run.why("the hours of a day are 00 to 23: noon is 12, and midnight is 00");
  const auto year = run.number(1971, 2029);
  show(run, day_of(year, 6, 5) + 12h + 34min);
  show(run, day_of(year, 6, 5) + 34min);
  show(run, day_of(year, 6, 5) + 13h);
  run.why(
      "the year is that of the calendar, on its last day and its first: the "
      "years of weeks begin on other days");
  for (int i = 0; i < 7; ++i) {
    show(run, day_of(year + i, 1, 1) + 12h - 24h * (i % 2));
  }
  run.why("seconds since 1970 need more than 32 bits from 2038 on");
  const auto late = some_second(run, 2040, 2190);
  show(run, late + run.milliseconds(1, 9) + 300us);
  show(run, day_of(2201, 1, 1) - 700us);
  run.why("every fourth year has a February 29, but for 2100 and 2200");
  for (const int century : {2000, 2100, 2200}) {
    show(run, day_of(century, 2, 28) + 36h);
  }
}

// Moments of all years, and more of those at the end of a century; some are a
// full second, and some have nanoseconds.
void any_moment(probe::Story& story) {
  auto& run = story.run;
  for (int i = 0; i < 100; ++i) {
    nanoseconds moment = some_second(run, 1701, 2199);
    if (run.number(1, 4) == 1) {
      moment %= 24h;
      moment += day_of(100 * run.number(17, 21), 1, 1);
      moment += 24h * run.number(1, 365);
    }
    const int digits = run.number(0, 4);
    if (digits > 0) moment += run.milliseconds(0, 999);
    if (digits > 1) moment += run.microseconds(0, 999);
    if (digits > 2) moment += run.nanoseconds(0, 999);
    if (digits > 3) {  // a moment before it, or after it
      moment = std::chrono::floor<std::chrono::milliseconds>(moment);
      moment += run.nanoseconds(-2, 2);
    }
    story.add([=, &run] {
      run.why(
          "each day of these years has its place in the Gregorian calendar, "
          "and each moment its second and its milliseconds");
      show(run, moment);
    });
  }
}

void never_rounded_up(probe::Run& run) {
  const auto second = some_second(run, 1990, 2100);
  const auto rest = run.milliseconds(0, 998) + 500us;
  show(run, second + rest + run.microseconds(0, 499));
  run.why("rounding up would give \",1000\", or a second that has not begun");
  show(run, second + 999ms + run.microseconds(500, 999));
  const auto midnight = 24h * run.number(7300, 40'000);
  show(run, midnight - 1us);
  run.why("at a full second no milliseconds have passed");
  show(run, midnight);
  run.why(
      "a millisecond that has passed counts from its first moment on: integers "
      "are exact, where a double comes out just below it now and then");
  for (int i = 0; i < 6; ++i) {
    const auto moment = some_second(run, 1990, 2100);
    show(run, moment + run.milliseconds(1, 999));
  }
  run.why(
      "a clock may count nanoseconds: cut off once, from what it says to whole "
      "milliseconds, and round nothing on the way, neither to microseconds nor "
      "to the nearest double");
  show(run, midnight - 1ns);
  show(run, midnight - run.nanoseconds(2, 49));
  show(run, midnight + 1ns);
  show(run, second + rest - 500us + 1ms - 1ns);
}

void before_the_epoch(probe::Run& run) {
  run.why(
      "a moment belongs to the second that has begun, before 1970, too: cut "
      "towards zero, the second is the one after it, and the milliseconds are "
      "negative");
  show(run, -500ms);
  run.why(
      "the milliseconds count forward from the beginning of their second: 100 "
      "ms before its end are 900 ms after its beginning");
  show(run, -run.milliseconds(1, 999));
  run.why("full seconds before 1970 have no milliseconds, and borrow nothing");
  const auto second = some_second(run, 1710, 1969);
  show(run, second);
  show(run, 0ns);
  show(run, -1s);
  run.why("before 1970, too, the milliseconds are those that have passed");
  show(run, second - run.milliseconds(1, 999));
  run.why(
      "a moment before a full second belongs to the second before, however "
      "short the moment is");
  show(run, second - run.microseconds(1, 999));
  show(run, -1us);
  run.why(
      "before 1970 a cast cuts towards zero, which is later: also the one to "
      "microseconds on the way loses a nanosecond, and with it the second");
  show(run, second - 1ns);
  show(run, -1ns);
  run.why("every fourth year has a February 29, but for 1800 and 1900");
  for (const int century : {1800, 1900}) {
    show(run, day_of(century, 2, 28) + 36h);
  }
  run.why("the years go back to 1700, and its first moment");
  show(run, day_of(1700, 1, 1));
  show(run, day_of(1700, 1, 1) + run.microseconds(1, 999'999));

  run.stories(20, any_moment);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"three_digits", three_digits},
                      {"never_rounded_up", never_rounded_up},
                      {"before_the_epoch", before_the_epoch}});
}
