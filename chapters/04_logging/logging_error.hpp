// What logging says when it cannot log. It never throws: a program must not
// fail because of what it says about itself.
#pragma once

#include <atomic>
#include <exception>
#include <source_location>
#include <string_view>

#include "chapters/04_logging/log_record.hpp"
#include "chapters/04_logging/message.hpp"

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
// A record that was composed elsewhere, and comes out of a queue, say, has its
// text there, and `Arguments: None`. What cannot be written is dropped.
// logging.Handler.handleError
void report_logging_error(const std::exception_ptr& error,
                          const LogRecord& record) noexcept;
// The same for what did not become a record.
void report_logging_error(const std::exception_ptr& error,
                          const std::source_location& place,
                          std::string_view message) noexcept;

// A record's message as it was written. While this object lives, reports that
// its thread makes of this record show it.
class RawMessage {
 public:
  RawMessage(const LogRecord& record, const ErasedMessage& message) noexcept;
  RawMessage(const RawMessage&) = delete;
  RawMessage& operator=(const RawMessage&) = delete;
  ~RawMessage();

  // nullptr: it is not known.
  static const ErasedMessage* find(const LogRecord& record) noexcept;

 private:
  const LogRecord& record_;
  const ErasedMessage& message_;
  const RawMessage* const outer_;
};

// A call on this thread's stack that may lead to another one: a filter, a
// handler or an argument may log, and a handler may hand on.
class NestedCall {
 public:
  enum class Kind { record, handler };

  explicit NestedCall(Kind kind) noexcept;
  NestedCall(const NestedCall&) = delete;
  NestedCall& operator=(const NestedCall&) = delete;
  ~NestedCall();

  // Throws std::runtime_error if it leads too deep, Python's RecursionError.
  void check() const;

 private:
  const Kind kind_;
};

}  // namespace ch04
