// Exercise time_field (chapter 4): the time of a record.
//
//   ./workbook check time_field    judges this file
//   ./workbook hint time_field     says a little more, each time
//
// In use:
//
//   ch04::LogRecord record;
//   record.created = std::chrono::system_clock::time_point(1042ms);
//   exercises::time_field(record);    "1970-01-01 00:00:01,042"

#include "chapters/04_logging/exercises/time_field.hpp"

#include <fmt/format.h>

namespace exercises {

std::string time_field([[maybe_unused]] const ch04::LogRecord& record) {
  // TODO: split record.created with std::chrono::floor into whole seconds and
  // the milliseconds above them, and let gmtime_r and fmt::format make the
  // text. Then the first case shows the day and hour of each record.
  return fmt::format("{:04}-{:02}-{:02}", 1970, 1, 1);
}

}  // namespace exercises
