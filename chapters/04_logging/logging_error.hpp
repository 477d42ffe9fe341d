// What logging says when it cannot log. It never throws: a program must not
// fail because of what it says about itself.
#pragma once

#include <atomic>
#include <exception>
#include <source_location>
#include <string_view>

namespace ch04 {

// False: errors while logging are not reported.  logging.raiseExceptions
inline std::atomic<bool> raise_exceptions = true;

// Writes why a record could not be handled to standard error, in one piece:
//
//   --- Logging error ---
//   std::runtime_error: no room left
//   Logged from file server.cpp, line 41
//   Message: 'connection {} lost'
//   Arguments: (7,)
//
// The last line is there only if arguments are given. What cannot be written
// is dropped: nobody is left to tell.  logging.Handler.handleError
void report_logging_error(const std::exception_ptr& error,
                          const std::source_location& place,
                          std::string_view message,
                          std::string_view arguments = {}) noexcept;

}  // namespace ch04
