// How a record becomes a line of text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chapters/04_logging/log_record.hpp"
#include "common/text.hpp"

namespace ch04 {

// Knows a format such as "%(asctime)s %(levelname)7s: %(message)s": a field in
// brackets, then a width, which is optional, then s, or d for a number. Spaces
// pad the field on the left, or with %(levelname)-7s on the right; a width
// counts UTF-8 characters, not bytes. %% is a %.
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
  // Throws std::invalid_argument for a text that is no format or has no field:
  // "Invalid format '%(message' for '%' style", "Formatting field not found in
  // record: 'mesage'", "%d format: a real number is required, not str".
  explicit Formatter(common::Text format = "%(message)s");

  // The text of a record, and on the lines below it the exception, if any.
  std::string format(const LogRecord& record) const;

 private:
  struct Piece;
  // Never changes once it is made, so copies may share it.
  std::shared_ptr<const std::vector<Piece>> pieces_;
};

}  // namespace ch04
