// The log of a test, line by line.
#pragma once

#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "chapters/04_logging/logger.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"

// Takes all records from the level on, as "WARNING: text". Logging is reset
// before and after.
class LogLines {
 public:
  explicit LogLines(ch04::Level level = ch04::DEBUG) {
    ch04::reset_logging();
    collector_->set_formatter(ch04::Formatter("%(levelname)s: %(message)s"));
    ch04::get_logger().set_level(level);
    ch04::get_logger().add_handler(collector_);
  }
  LogLines(const LogLines&) = delete;
  LogLines& operator=(const LogLines&) = delete;
  ~LogLines() { ch04::reset_logging(); }

  const std::vector<std::string>& lines() const { return collector_->lines; }
  void clear() { collector_->lines.clear(); }

 private:
  struct Collector final : ch04::Handler {
    void emit(const ch04::LogRecord& record) override {
      lines.push_back(format(record));
    }
    std::vector<std::string> lines;
  };

  std::shared_ptr<Collector> collector_ = std::make_shared<Collector>();
};

using Lines = std::vector<std::string>;

// FILE:LINE of the call, moved by some lines, as texts show it.
inline std::string here(int offset = 0, std::source_location where =
                                            std::source_location::current()) {
  return std::string(common::file_name(where)) + ":" +
         std::to_string(static_cast<int>(where.line()) + offset);
}
