// Writes the time of this machine's time zone.

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
  std::tm local{};
  ::localtime_r(&time, &local);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}",
                     local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
                     local.tm_hour, local.tm_min, local.tm_sec, rest.count());
}

}  // namespace exercises
