// What is on or off.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

namespace common {

// As a parameter: a bool, and nothing that would be converted to one. A text
// would mean true, even "no".
class Switch {
 public:
  constexpr Switch(std::same_as<bool> auto on) : on_(on) {}
  // The compiler prints the text.
  template <class T>
    requires(!std::same_as<T, bool> &&
             (std::convertible_to<T, bool> ||
              std::convertible_to<T, std::string_view>))
  constexpr Switch(T) : on_(false) {
    static_assert(
        std::same_as<T, bool>,
        "a bool is wanted, true or false: a text or a number is none");
  }

  constexpr operator bool() const { return on_; }

 private:
  bool on_;
};

}  // namespace common
