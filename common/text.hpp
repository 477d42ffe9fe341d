// Texts that a program hands over.
#pragma once

#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace common {

// As a parameter: a std::string_view that is never made of a null pointer,
// which would be undefined.  Throws std::invalid_argument for one; a nullptr
// that is written as such does not compile.
class Text : public std::string_view {
 public:
  constexpr Text(const char* text) : std::string_view(checked(text)) {}
  Text(std::nullptr_t) = delete;  // a text is wanted
  template <std::convertible_to<std::string_view> T>
    requires(!std::convertible_to<const T&, const char*>)
  constexpr Text(const T& text) : std::string_view(text) {}

 private:
  static constexpr const char* checked(const char* text) {
    if (!text) {
      throw std::invalid_argument("a text is wanted, got a null pointer");
    }
    return text;
  }
};

}  // namespace common
