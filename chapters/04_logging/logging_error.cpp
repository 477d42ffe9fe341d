#include "chapters/04_logging/logging_error.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <type_traits>

#include "common/output.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch04 {

namespace {

// Deep enough for honest cases, and far from the end of the stack.
constexpr int kDeepest = 50;

thread_local const RawMessage* innermost = nullptr;
thread_local int records = 0;   // that are being made, one within the other
thread_local int handlers = 0;  // that are being called, likewise
thread_local bool refusing = false;

// An argument as Python's report shows it.
struct ArgumentRepr {
  template <class T>
  std::string operator()(const T& value) const {
    if constexpr (std::is_same_v<T, const char*>) {
      return value ? common::repr(std::string_view(value)) : "None";
    } else if constexpr (std::is_same_v<T, fmt::string_view>) {
      return common::repr(std::string_view(value.data(), value.size()));
    } else if constexpr (std::is_same_v<T, bool>) {
      return common::repr(value);
    } else if constexpr (std::is_same_v<T, char>) {
      return common::repr(std::string_view(&value, 1));
    } else if constexpr (std::is_floating_point_v<T>) {
      return common::repr(static_cast<double>(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      return fmt::format("{}", value);
    } else {
      return "<unprintable>";
    }
  }
};

// fmt made the function a member in version 11.
template <class Argument>
std::string argument_repr(const Argument& argument) {
  if constexpr (requires { argument.visit(ArgumentRepr()); }) {
    return argument.visit(ArgumentRepr());
  } else {
    return visit_format_arg(ArgumentRepr(), argument);
  }
}

// "('one', 2)"; "('one',)" for a single one, as a tuple is written.
std::string arguments_repr(const ErasedMessage& message) {
  std::string text = "(";
  for (int i = 0; i < message.argument_count; ++i) {
    if (i > 0) text += ", ";
    text += argument_repr(message.arguments.get(i));
  }
  return text + (message.argument_count == 1 ? ",)" : ")");
}

void report(const std::exception_ptr& error, const std::source_location& place,
            std::string_view message, const ErasedMessage* raw) noexcept {
  if (!raise_exceptions) return;
  try {
    if (raw) message = {raw->format.data(), raw->format.size()};
    common::write_error(fmt::format(
        "--- Logging error ---\n{}\nLogged from file {}, line {}\n"
        "Message: {}\nArguments: {}\n",
        common::describe(error), common::file_name(place), place.line(),
        common::repr(message), raw ? arguments_repr(*raw) : "None"));
  } catch (...) {
    // No memory to say it with.
    common::write_error("--- Logging error ---\n");
  }
}

}  // namespace

void report_logging_error(const std::exception_ptr& error,
                          const LogRecord& record) noexcept {
  report(error, record.place, record.message, RawMessage::find(record));
}

void report_logging_error(const std::exception_ptr& error,
                          const std::source_location& place,
                          std::string_view message) noexcept {
  report(error, place, message, nullptr);
}

RawMessage::RawMessage(const LogRecord& record,
                       const ErasedMessage& message) noexcept
    : record_(record), message_(message), outer_(innermost) {
  innermost = this;
}

RawMessage::~RawMessage() { innermost = outer_; }

const ErasedMessage* RawMessage::find(const LogRecord& record) noexcept {
  const RawMessage* at = innermost;
  while (at && &at->record_ != &record) at = at->outer_;
  return at ? &at->message_ : nullptr;
}

NestedCall::NestedCall(Kind kind) noexcept : kind_(kind) {
  ++(kind == Kind::record ? records : handlers);
}

NestedCall::~NestedCall() {
  if (kind_ == Kind::handler) {
    --handlers;
  } else if (--records == 0) {
    refusing = false;
  }
}

void NestedCall::check() const {
  // Once too deep, it takes no new record until the first one is through: with
  // two in each call, the way back would be longer than any program runs.
  if (kind_ == Kind::record && records > kDeepest) refusing = true;
  const bool refused =
      kind_ == Kind::record ? refusing && records > 1 : handlers > kDeepest;
  if (!refused) return;
  throw std::runtime_error("maximum recursion depth exceeded while logging");
}

}  // namespace ch04
