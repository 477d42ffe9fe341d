// Cuts towards zero, which is up before 1970.

#include "chapters/04_logging/exercises/time_field.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace exercises {

std::string time_field(const ch04::LogRecord& record) {
  using std::chrono::duration_cast;
  using std::chrono::system_clock;
  const system_clock::time_point second(
      duration_cast<std::chrono::seconds>(record.created.time_since_epoch()));
  const auto rest =
      duration_cast<std::chrono::milliseconds>(record.created - second);
  const auto time = system_clock::to_time_t(second);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}",
                     utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, rest.count());
}

}  // namespace exercises
