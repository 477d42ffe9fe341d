#include "common/repr.hpp"

#include <fmt/format.h>

#include <cxxabi.h>

#include <typeinfo>

#include "common/place.hpp"

namespace common {

namespace {

// Calls function(type name, text or nullptr) for what the pointer holds.
template <class Function>
auto inspect(const std::exception_ptr& exception, Function function) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return function(demangled(typeid(error).name()), error.what());
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    const std::string name = type ? demangled(type->name()) : "unknown";
    return function(name, static_cast<const char*>(nullptr));
  }
}

}  // namespace

std::string repr(bool value) { return value ? "True" : "False"; }

std::string repr(long long value) { return std::to_string(value); }

std::string repr(unsigned long long value) { return std::to_string(value); }

std::string repr(double value) {
  std::string text = fmt::format("{}", value);
  // "16" is an int's text, "16.0" a float's; leave 1e+16, inf and nan alone.
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string repr(std::string_view text) {
  // Python prefers single quotes, unless that would need an escape.
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return result + quote;
}

std::string repr(const char* text) { return repr(std::string_view(text)); }

std::string repr(const std::exception_ptr& exception) {
  if (!exception) return "None";
  return inspect(exception, [](const std::string& type, const char* what) {
    return type + "(" + (what && *what ? repr(std::string_view(what)) : "") +
           ")";
  });
}

std::string describe(const std::exception_ptr& exception) {
  if (!exception) return "None";
  return inspect(exception, [](const std::string& type, const char* what) {
    return what && *what ? type + ": " + what : type;
  });
}

std::string type_name(const std::exception_ptr& exception) {
  if (!exception) return "None";
  return inspect(exception, [](std::string type, const char*) { return type; });
}

std::string shortened(std::string text) {
  constexpr std::size_t kLimit = 30;
  constexpr std::size_t kHead = 13;
  constexpr std::size_t kTail = 14;
  if (text.size() <= kLimit) return text;
  // A byte 10xxxxxx goes on with the letter before it (UTF-8).
  const auto goes_on = [&text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  std::size_t head = kHead;
  std::size_t tail = text.size() - kTail;
  while (head > 0 && goes_on(head)) --head;
  while (tail < text.size() && goes_on(tail)) ++tail;
  return text.substr(0, head) + "..." + text.substr(tail);
}

}  // namespace common
