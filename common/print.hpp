// Lines for standard output, which a trace keeps too.
#pragma once

#include <fmt/core.h>

#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "common/place.hpp"

namespace common {

// A format that the compiler checks, and the line of the call.
template <class... Args>
struct CheckedLine {
  template <class Text>
    requires std::is_convertible_v<const Text&, fmt::string_view>
  consteval CheckedLine(const Text& text, PlacePointer where = current_place())
      : format(text), place(place_at(where)) {}

  fmt::format_string<Args...> format;
  std::source_location place;
};

void print_line(const std::string& line, const std::source_location& place);

// Writes a line to standard output, and flushes it:
// print("{} of {} done", done, all).  Throws std::system_error when it cannot
// be written: "write(<stdout>): No space left on device".
template <class... Args>
void print(CheckedLine<std::type_identity_t<Args>...> line, Args&&... args) {
  print_line(fmt::format(line.format, std::forward<Args>(args)...), line.place);
}

}  // namespace common
