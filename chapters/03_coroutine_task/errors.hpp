// The errors that futures and tasks add.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "common/repr.hpp"

namespace ch03 {

// Thrown into a coroutine whose task was cancelled. As in Python it is not
// among the ordinary errors, so `catch (const std::exception&)` lets it pass:
// code that catches it ends the cancellation.  asyncio.CancelledError
class CancelledError : public common::BaseException {
 public:
  explicit CancelledError(std::optional<std::string> message = {})
      : message_(std::move(message)) {}
  const std::optional<std::string>& message() const { return message_; }
  std::string what() const override { return message_.value_or(""); }

 private:
  std::optional<std::string> message_;
};

// A future is not in the state that the call needs.
class InvalidStateError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// wait_for() has waited long enough.
class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("") {}
};

}  // namespace ch03
