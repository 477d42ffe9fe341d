// The log of a test, line by line.
#pragma once

#include <algorithm>
#include <memory>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "chapters/04_logging/logger.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"

// Takes all records from the level on, as "WARNING: text". Logging is reset
// before and after. Of warnings only those that begin like one of these, if any
// are given: later chapters have more to say about the same callback.
class LogLines {
 public:
  explicit LogLines(ch04::Level level = ch04::DEBUG,
                    std::vector<std::string> warnings = {})
      : collector_(std::make_shared<Collector>(std::move(warnings))) {
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
    explicit Collector(std::vector<std::string> the_warnings)
        : warnings(std::move(the_warnings)) {}
    void emit(const ch04::LogRecord& record) override {
      if (record.level == ch04::WARNING && !is_wanted(record)) return;
      lines.push_back(format(record));
    }
    bool is_wanted(const ch04::LogRecord& record) const {
      const std::string& text = record.message;
      return warnings.empty() ||
             std::any_of(warnings.begin(), warnings.end(),
                         [&text](const std::string& beginning) {
                           return text.starts_with(beginning);
                         });
    }
    std::vector<std::string> warnings;
    std::vector<std::string> lines;
  };

  std::shared_ptr<Collector> collector_;
};

using Lines = std::vector<std::string>;

// FILE:LINE of the call, moved by some lines, as texts show it.
inline std::string here(int offset = 0, std::source_location where =
                                            std::source_location::current()) {
  return std::string(common::file_name(where)) + ":" +
         std::to_string(static_cast<int>(where.line()) + offset);
}
