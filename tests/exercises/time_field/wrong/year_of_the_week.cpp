// Takes the year of the week for the year.

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
  char text[32];
  std::strftime(text, sizeof text, "%G-%m-%d %H:%M:%S", &utc);
  return fmt::format("{},{:03}", text, rest.count());
}

}  // namespace exercises
