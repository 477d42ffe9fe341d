// Values as text, the way Python's repr() and reprlib write them.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>

namespace common {

// How much an object says about itself: full adds where it was created.
enum class Detail : unsigned char { brief, full };

// An exception that `catch (const std::exception&)` does not catch, but that
// has a text.  BaseException
class BaseException {
 public:
  virtual ~BaseException() = default;
  virtual std::string what() const = 0;
};

std::string repr(bool value);  // True
std::string repr(char value);  // 'x'
std::string repr(std::integral auto value) {
  return std::to_string(value);  // 42
}
std::string repr(double value);           // 15.5, 16.0, 1e+16
std::string repr(std::string_view text);  // 'text', with \n and \' escaped
std::string repr(const char* text);       // the same; nullptr is None
// std::runtime_error('late'); "None" for an empty pointer
std::string repr(const std::exception_ptr& exception);
// std::runtime_error: late  (the last line of a Python traceback)
std::string describe(const std::exception_ptr& exception);
// Names the type of an exception: "std::runtime_error".
std::string type_name(const std::exception_ptr& exception);

// Longer texts lose their middle, as in reprlib: 30 characters stay (bytes, but
// no letter is cut in two).
std::string shortened(std::string text);

template <class T>
concept HasRepr = requires(const T& value) {
  { value.repr() } -> std::convertible_to<std::string>;
};

namespace detail {

template <class T>
concept Pointed = requires(const T& value) {
  { value->repr() } -> std::convertible_to<std::string>;
  static_cast<bool>(value);
};
template <class T>
concept Range = requires(const T& value) {
  value.begin() != value.end();
  requires std::is_convertible_v<decltype(*value.begin()),
                                 const typename T::value_type&>;
};
template <class T>
concept Map = Range<T> && requires(const T& value) {
  typename T::mapped_type;
  (*value.begin()).first;
  (*value.begin()).second;
};
template <class T>
struct IsTuple : std::false_type {};
template <class... T>
struct IsTuple<std::tuple<T...>> : std::true_type {};
template <class A, class B>
struct IsTuple<std::pair<A, B>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVariant : std::false_type {};
template <class... T>
struct IsVariant<std::variant<T...>> : std::true_type {};

// "<Cup instance at 0x55d0>": reprlib's text for an object whose repr() throws.
std::string instance_text(const std::type_info& type, const void* address);
// "Colour(2)"
std::string enum_text(const std::type_info& type, const std::string& value);

// Writes values; a level is a list in a list.  reprlib.Repr
class Writer {
 public:
  // Brief: texts, lists and levels are cut. Otherwise all is written, except
  // levels that would need too much stack.
  explicit Writer(bool brief) : brief_(brief), level_(brief ? 6 : 100) {}

  // An exception from a repr() of the program does not end the report.
  template <class T>
  std::string write(const T& value) {
    try {
      return write_any(value);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      return instance_text(typeid(T), std::addressof(value));
    }
  }

 private:
  template <class T>
  std::string write_any(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return repr(value);
    } else if constexpr (std::is_same_v<T, char>) {
      return repr(std::string_view(&value, 1));
    } else if constexpr (std::is_floating_point_v<T>) {
      return repr(static_cast<double>(value));
    } else if constexpr (std::is_integral_v<T>) {
      return repr(+value);
    } else if constexpr (std::is_enum_v<T>) {
      return enum_text(typeid(T),
                       repr(+static_cast<std::underlying_type_t<T>>(value)));
    } else if constexpr (std::is_null_pointer_v<T> ||
                         std::is_same_v<T, std::monostate>) {
      return "None";
    } else if constexpr (HasRepr<T>) {
      return cut(value.repr());
    } else if constexpr (std::is_convertible_v<const T&, const char*>) {
      return cut(repr(static_cast<const char*>(value)));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      return cut(repr(std::string_view(value)));
    } else if constexpr (std::is_convertible_v<const T&, std::string>) {
      return cut(repr(std::string_view(std::string(value))));
    } else if constexpr (std::is_same_v<T, std::exception_ptr>) {
      return cut(repr(value));
    } else if constexpr (std::is_base_of_v<std::exception, T> ||
                         std::is_base_of_v<BaseException, T>) {
      return write_exception(value);
    } else if constexpr (IsOptional<T>::value) {
      return value ? write(*value) : "None";
    } else if constexpr (IsVariant<T>::value) {
      return std::visit([this](const auto& held) { return this->write(held); },
                        value);
    } else if constexpr (Pointed<T>) {
      return value ? cut(value->repr()) : "None";
    } else if constexpr (Range<T>) {
      return Map<T> ? nested("{", "}", [&] { return items(value, 4); })
                    : nested("[", "]", [&] { return items(value, 6); });
    } else if constexpr (IsTuple<T>::value) {
      return nested("(", std::tuple_size<T>::value == 1 ? ",)" : ")",
                    [&] { return elements(value); });
    } else {
      return "<unprintable>";
    }
  }

  template <class E>
  std::string write_exception(const E& exception) {
    if constexpr (std::is_copy_constructible_v<E> && !std::is_abstract_v<E>) {
      return cut(repr(std::make_exception_ptr(exception)));
    } else {
      return "<unprintable>";
    }
  }

  std::string cut(std::string text) const {
    return brief_ ? shortened(std::move(text)) : text;
  }

  template <class Inside>
  std::string nested(const char* open, const char* close, Inside inside) {
    if (level_ == 0) return std::string(open) + "..." + close;
    --level_;
    struct Leave {  // runs even when there is no memory for the text
      int& level;
      ~Leave() { ++level; }
    } const leave{level_};
    return open + inside() + close;
  }

  // Adds an item to a list of which `most` are shown; false: that was enough.
  template <class Item>
  bool add(std::string& list, std::size_t& count, std::size_t most,
           Item write_item) {
    if (count > 0) list += ", ";
    if (brief_ && count == most) {
      list += "...";
      return false;
    }
    ++count;
    list += write_item();
    return true;
  }

  template <class T>
  std::string items(const T& range, std::size_t most) {
    std::string list;
    std::size_t count = 0;
    for (const auto& item : range) {
      const bool more = add(list, count, most, [&] {
        if constexpr (Map<T>) {
          return write(item.first) + ": " + write(item.second);
        } else {
          return write<typename T::value_type>(item);
        }
      });
      if (!more) break;
    }
    return list;
  }

  template <class T>
  std::string elements(const T& tuple) {
    std::string list;
    std::size_t count = 0;
    std::apply(
        [&](const auto&... each) {
          static_cast<void>(
              (add(list, count, 6, [&] { return write(each); }) && ...));
        },
        tuple);
    return list;
  }

  bool brief_;
  int level_;
};

}  // namespace detail

// A result, cut short as in reprlib: 30 characters of a text or an object, 6
// items of a list or tuple, 4 of a dict, 6 levels. A type of your own takes
// part with a member `std::string repr() const`; others are <unprintable>.
template <class T>
std::string short_repr(const T& value) {
  return detail::Writer(true).write(value);
}
// The same, in full.  repr
template <class T>
std::string full_repr(const T& value) {
  return detail::Writer(false).write(value);
}

// For fmt: writes a text for {}, which takes no width.
struct TextFormatter {
  constexpr auto parse(fmt::format_parse_context& context) {
    return context.begin();
  }
  template <class Context>
  static auto write(std::string_view text, Context& context) {
    return std::copy(text.begin(), text.end(), context.out());
  }
};

}  // namespace common

// fmt::print("{}", task): anything with a repr() can be printed.
template <common::HasRepr T>
struct fmt::formatter<T> : common::TextFormatter {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return write(value.repr(), context);
  }
};
