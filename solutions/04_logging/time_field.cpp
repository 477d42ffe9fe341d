// Exercise time_field (chapter 4), solved.
//
// Everything depends on one decision: what is a whole second? floor() rounds
// down, towards the past, even before 1970. The remainder is never negative and
// never a full second, so neither a borrow nor a carry can happen later on.
// A duration_cast rounds towards zero instead, and to_time_t() may round.
//
// gmtime_r knows the calendar, but nothing of time zones. (Plain gmtime has one
// buffer for all threads.)
//
// Another way, without C: floor<days> and std::chrono::year_month_day for the
// date; std::chrono::hh_mm_ss for the rest of the day.

#include "chapters/04_logging/exercises/time_field.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace exercises {

std::string time_field(const ch04::LogRecord& record) {
  using std::chrono::floor;
  const auto second = floor<std::chrono::seconds>(record.created);
  const auto rest = floor<std::chrono::milliseconds>(record.created - second);
  const auto time = static_cast<std::time_t>(second.time_since_epoch().count());
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}",
                     utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, rest.count());
}

}  // namespace exercises
