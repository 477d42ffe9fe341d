// One message: its text, how urgent it is, where it was logged, and when.
#pragma once

#include <chrono>
#include <concepts>
#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

#include "common/text.hpp"

namespace ch04 {

// #region levels
// How urgent a record is. Numbers in between are levels too.  logging.DEBUG
inline constexpr int NOTSET = 0;  // "ask my parent"
inline constexpr int DEBUG = 10;
inline constexpr int INFO = 20;
inline constexpr int WARNING = 30;
inline constexpr int ERROR = 40;
inline constexpr int CRITICAL = 50;
// #endregion levels

// "WARNING" for 30, "Level 15" for 15.  logging.getLevelName
std::string get_level_name(int level);
// 30 for "WARNING".  Throws std::invalid_argument: "Unknown level: 'NOISY'".
// logging._checkLevel
int get_level(common::Text name);

// A level, given as a number or a name. A name throws as get_level() does.
class Level {
 public:
  constexpr Level(int value) noexcept : value_(value) {}
  template <std::convertible_to<std::string_view> Name>
  Level(const Name& name) : value_(get_level(name)) {}

  constexpr operator int() const noexcept { return value_; }

 private:
  int value_;
};

// #region log_record
// One event, on its way from a logger to the handlers.  logging.LogRecord
struct LogRecord {
  std::string name = {};  // of the logger
  int level = NOTSET;
  std::string message = {};
  std::source_location place = {};  // of the call that logged it
  std::chrono::system_clock::time_point created = {};
  std::string thread_name = {};
  // Set when an exception belongs to the record; the pointer in it is empty if
  // exception() was called while no exception was being handled.
  std::optional<std::exception_ptr> exc_info = {};
};
// #endregion log_record

}  // namespace ch04
