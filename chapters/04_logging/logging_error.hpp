// The report that logging makes when it cannot log. It never throws: a program
// must not fail because of what it says about itself.
#pragma once

#include <exception>
#include <source_location>
#include <string_view>

#include "chapters/04_logging/log_record.hpp"

namespace ch04 {

// Writes why a message could not be logged to standard error, in one piece:
//
//   --- Logging error ---
//   std::runtime_error: no room left
//   Logged from file server.cpp, line 41
//   Message: 'connection 7 lost'
//
// If it cannot be written, it is dropped.  logging.Handler.handleError
void report_logging_error(const std::exception_ptr& error,
                          const std::source_location& place,
                          std::string_view message) noexcept;

inline void report_logging_error(const std::exception_ptr& error,
                                 const LogRecord& record) noexcept {
  report_logging_error(error, record.place, record.message);
}

// The reason why a call that is nested too deeply is refused: a filter, a
// handler or an argument may log in turn. Python's RecursionError.
inline constexpr const char* kTooDeep =
    "maximum recursion depth exceeded while logging";

}  // namespace ch04
