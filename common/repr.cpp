#include "common/repr.hpp"

#include <fmt/format.h>

#include <cxxabi.h>

#include <typeinfo>
#include <utility>

#include "common/place.hpp"

namespace common {

namespace {

std::string current_exception_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  return type ? demangled(type->name()) : "unknown";
}

// An exception in words. Anything can be thrown: if it has a text, that is
// used.
struct Inspected {
  std::string type;
  std::string text;
  std::string argument;  // of the type's constructor, in repr()
};

Inspected inspected(std::string type, std::string text) {
  std::string argument = text.empty() ? "" : repr(std::string_view(text));
  return {std::move(type), std::move(text), std::move(argument)};
}

Inspected inspect(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    const char* const text = error.what();
    return inspected(demangled(typeid(error).name()), text ? text : "");
  } catch (const BaseException& error) {
    std::string text;
    try {
      text = error.what();
    } catch (...) {
      text = "<exception str() failed>";
    }
    return inspected(demangled(typeid(error).name()), std::move(text));
  } catch (const char* text) {
    return inspected(current_exception_type(), text ? text : "");
  } catch (const std::string& text) {
    return inspected(current_exception_type(), text);
  } catch (int number) {
    return {"int", repr(number), repr(number)};
  } catch (...) {
    return {current_exception_type(), "", ""};
  }
}

}  // namespace

std::string repr(bool value) { return value ? "True" : "False"; }

std::string repr(char value) { return repr(std::string_view(&value, 1)); }

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

std::string repr(const char* text) {
  return text ? repr(std::string_view(text)) : "None";
}

std::string repr(const std::exception_ptr& exception) {
  if (!exception) return "None";
  const Inspected error = inspect(exception);
  return error.type + "(" + error.argument + ")";
}

std::string describe(const std::exception_ptr& exception) {
  if (!exception) return "None";
  const Inspected error = inspect(exception);
  return error.text.empty() ? error.type : error.type + ": " + error.text;
}

std::string type_name(const std::exception_ptr& exception) {
  return exception ? inspect(exception).type : "None";
}

namespace detail {

namespace {
// Without its namespaces, as Python's __name__; template arguments stay.
std::string class_name(const std::type_info& type) {
  std::string name = demangled(type.name());
  const auto scope = name.substr(0, name.find('<')).rfind("::");
  return scope == std::string::npos ? name : name.substr(scope + 2);
}
}  // namespace

std::string instance_text(const std::type_info& type, const void* address) {
  return fmt::format("<{} instance at {}>", class_name(type), address);
}

std::string enum_text(const std::type_info& type, const std::string& value) {
  return class_name(type) + "(" + value + ")";
}

}  // namespace detail

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
