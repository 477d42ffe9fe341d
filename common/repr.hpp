// Values as text, the way Python's repr() and reprlib write them.
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace common {

// How much an object tells of itself: full adds where it was created.
enum class Detail { brief, full };

std::string repr(bool value);       // True
std::string repr(long long value);  // 42
std::string repr(unsigned long long value);
std::string repr(double value);           // 15.5, 16.0, 1e+16
std::string repr(std::string_view text);  // 'text', with \n and \' escaped
std::string repr(const char* text);       // the same; else it would be a bool
// std::runtime_error('late'); "None" for an empty pointer
std::string repr(const std::exception_ptr& exception);
// std::runtime_error: late  (the last line of a Python traceback)
std::string describe(const std::exception_ptr& exception);
// Names the type of an exception: "std::runtime_error".
std::string type_name(const std::exception_ptr& exception);

// Longer texts lose their middle, as in reprlib: 30 characters stay (bytes, but
// no letter is cut in two).
std::string shortened(std::string text);

namespace detail {

template <class T>
concept HasRepr = requires(const T& value) {
  { value.repr() } -> std::convertible_to<std::string>;
};
template <class T>
concept Pointed = requires(const T& value) {
  { value->repr() } -> std::convertible_to<std::string>;
};
template <class T>
concept Range = requires(const T& value) {
  value.begin() != value.end();
  *value.begin();
};
template <class T>
concept Map = Range<T> && requires { typename T::mapped_type; };
template <class T>
concept Tuple = requires { std::tuple_size<T>::value; };
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace detail

// A result or an argument, cut short as in reprlib: 30 characters of a text or
// an object, 6 items of a list or tuple, 4 of a dict. A type of your own takes
// part with a member `std::string repr() const`; others are <unprintable>.
template <class T>
std::string short_repr(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return repr(value);
  } else if constexpr (std::is_same_v<T, char>) {
    return repr(std::string_view(&value, 1));
  } else if constexpr (std::is_floating_point_v<T>) {
    return repr(static_cast<double>(value));
  } else if constexpr (std::is_integral_v<T>) {
    using Wide =
        std::conditional_t<std::is_signed_v<T>, long long, unsigned long long>;
    return repr(static_cast<Wide>(value));
  } else if constexpr (std::is_null_pointer_v<T>) {
    return "None";
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return shortened(repr(std::string_view(value)));
  } else if constexpr (std::is_same_v<T, std::exception_ptr>) {
    return shortened(repr(value));
  } else if constexpr (detail::HasRepr<T>) {
    return shortened(value.repr());
  } else if constexpr (detail::IsOptional<T>::value) {
    return value ? short_repr(*value) : "None";
  } else if constexpr (detail::Pointed<T>) {
    return value ? shortened(value->repr()) : "None";
  } else if constexpr (detail::Range<T>) {
    const std::size_t limit = detail::Map<T> ? 4 : 6;
    std::string text;
    std::size_t count = 0;
    for (const auto& item : value) {
      if (count > 0) text += ", ";
      if (count++ == limit) {
        text += "...";
        break;
      }
      if constexpr (detail::Map<T>) {
        text += short_repr(item.first) + ": " + short_repr(item.second);
      } else {
        text += short_repr<typename T::value_type>(item);
      }
    }
    return detail::Map<T> ? "{" + text + "}" : "[" + text + "]";
  } else if constexpr (detail::Tuple<T>) {
    std::string text;
    std::size_t count = 0;
    const auto add = [&](const auto& item) {
      if (count > 0 && count <= 6) text += ", ";
      if (count < 6) text += short_repr(item);
      if (count++ == 6) text += "...";
    };
    std::apply([&](const auto&... items) { (add(items), ...); }, value);
    return "(" + text + (count == 1 ? ",)" : ")");
  } else {
    return "<unprintable>";
  }
}

}  // namespace common
