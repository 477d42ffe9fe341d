// Rounds what the clock says to microseconds, and cuts off only then: the last
// nanoseconds of a second are in the next one.

#include "chapters/04_logging/exercises/time_field.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace exercises {

std::string time_field(const ch04::LogRecord& record) {
  using std::chrono::floor;
  const auto created =
      std::chrono::round<std::chrono::microseconds>(record.created);
  const auto second = floor<std::chrono::seconds>(created);
  const auto rest = floor<std::chrono::milliseconds>(created - second);
  const auto time = static_cast<std::time_t>(second.time_since_epoch().count());
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}",
                     utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, rest.count());
}

}  // namespace exercises
