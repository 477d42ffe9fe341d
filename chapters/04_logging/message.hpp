// The text of a log call: checked by the compiler, and knowing its place.
#pragma once

#include <fmt/core.h>

#include <source_location>
#include <type_traits>

#include "common/place.hpp"

namespace ch04 {

// A parameter pack swallows whatever follows it, so a log call has no room for
// a default argument behind its arguments. The format is converted to this
// instead, and the place is a default argument of that conversion: it is the
// line of the call. Being consteval, it lets fmt check the format against the
// types of the arguments; a mistake does not compile.
// #region checked_message
template <class... Args>
struct CheckedMessage {
  template <class Text>
    requires(std::is_convertible_v<const Text&, fmt::string_view> &&
             !std::is_null_pointer_v<Text>)
  consteval CheckedMessage(const Text& text,
                           common::PlacePointer where = common::current_place())
      : format(text), place(common::place_at(where)) {}

  fmt::format_string<Args...> format;
  std::source_location place;
};
// #endregion checked_message

// #region alias
// As a parameter: the types come from the arguments alone.
template <class... Args>
using Message = CheckedMessage<std::type_identity_t<Args>...>;
// #endregion alias

// The same with the types of the arguments gone, for the one function that
// composes texts: it is compiled once, not for every call.
struct ErasedMessage {
  fmt::string_view format = {};
  fmt::format_args arguments = {};
  int argument_count = 0;
  std::source_location place = {};
  bool is_text = false;  // composed already: { and } in it mean nothing
};

}  // namespace ch04
