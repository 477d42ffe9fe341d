// How a record becomes a line of text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/04_logging/log_record.hpp"

namespace ch04 {

// Knows a format such as "%(asctime)s %(levelname)7s: %(message)s": a field in
// brackets, and behind it what Python's % takes, flags, width, precision, and
// a conversion (s and r for texts, d x o f e g for numbers); %% is a %.
//
//   name       logger          asctime      2024-12-31 23:59:59,042, local time
//   levelname  WARNING         created      seconds since 1970
//   levelno    30              msecs        the milliseconds of created
//   message                    threadName   MainThread
//   filename   server.cpp      processName  MainProcess
//   module     server          process      the process id
//   pathname   src/server.cpp
//   lineno     41
//   funcName   app::serve
//
// Widths count characters of UTF-8, not bytes.  logging.Formatter
class Formatter {
 public:
  // Throws std::invalid_argument for what cannot be a format, or has no field:
  // "Invalid format '%(message' for '%' style".
  explicit Formatter(std::string_view format = "%(message)s");

  // The text of a record, and on lines below it the exception, if it has one.
  // A field that does not exist stays in the text as it was written.
  std::string format(const LogRecord& record) const;

  // Such a mistake, in words, or "": "Formatting field not found in record:
  // 'mesage'". A handler reports it with each record, as Python does.
  const std::string& problem() const { return problem_; }

 private:
  struct Piece;
  // Never changed once it is made, so copies may share it.
  std::shared_ptr<const std::vector<Piece>> pieces_;
  std::string problem_;
};

}  // namespace ch04
