// How a record becomes a line of text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/04_logging/log_record.hpp"

namespace ch04 {

// Knows a format such as "%(asctime)s %(levelname)7s: %(message)s": a field in
// brackets, and behind it a width, if need be, and s, or d for a number. The
// field is filled up with spaces from the left, with %(levelname)-7s from the
// right; widths count characters of UTF-8, not bytes. %% is a %.
//
//   name       logger       message     the text
//   levelname  WARNING      filename    server.cpp
//   levelno    30           lineno      41
//   threadName MainThread   funcName    app::serve
//   asctime    2024-12-31 23:59:59,042, local time
//
// logging.Formatter
class Formatter {
 public:
  // Throws std::invalid_argument for what cannot be a format, or has no field:
  // "Invalid format '%(message' for '%' style", "Formatting field not found in
  // record: 'mesage'", "%d format: a real number is required, not str".
  explicit Formatter(std::string_view format = "%(message)s");

  // The text of a record, and on lines below it the exception, if it has one.
  std::string format(const LogRecord& record) const;

 private:
  struct Piece;
  // Never changed once it is made, so copies may share it.
  std::shared_ptr<const std::vector<Piece>> pieces_;
};

}  // namespace ch04
