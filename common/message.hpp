// A text with arguments: checked by the compiler, and knowing its place.
#pragma once

#include <fmt/core.h>

#include <source_location>
#include <type_traits>

#include "common/place.hpp"

namespace common {

// A parameter pack swallows whatever follows it, so a call such as print() has
// no room for a default argument behind its arguments. The format is converted
// to this instead, and the place is a default argument of that conversion: it
// is the line of the call. Being consteval, it lets fmt check the format
// against the types of the arguments; a mistake does not compile.
// #region checked_message
template <class... Args>
struct CheckedMessage {
  template <class Text>
    requires(std::is_convertible_v<const Text&, fmt::string_view> &&
             !std::is_null_pointer_v<Text>)
  consteval CheckedMessage(const Text& text,
                           PlacePointer where = current_place())
      : format(text), place(place_at(where)) {}

  fmt::format_string<Args...> format;
  std::source_location place;
};
// #endregion checked_message

// #region alias
// As a parameter: the types come from the arguments alone.
template <class... Args>
using Message = CheckedMessage<std::type_identity_t<Args>...>;
// #endregion alias

}  // namespace common
