#include "chapters/04_logging/log_record.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "common/repr.hpp"

namespace ch04 {

namespace {

constexpr std::pair<int, std::string_view> kNames[] = {
    {NOTSET, "NOTSET"},   {DEBUG, "DEBUG"}, {INFO, "INFO"},
    {WARNING, "WARNING"}, {ERROR, "ERROR"}, {CRITICAL, "CRITICAL"},
};

}  // namespace

std::string get_level_name(int level) {
  for (const auto& [value, name] : kNames) {
    if (value == level) return std::string(name);
  }
  return fmt::format("Level {}", level);
}

int get_level(common::Text name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  // The two other names that Python knows.
  if (name == "WARN") return WARNING;
  if (name == "FATAL") return CRITICAL;
  throw std::invalid_argument("Unknown level: " + common::repr(name));
}

}  // namespace ch04
