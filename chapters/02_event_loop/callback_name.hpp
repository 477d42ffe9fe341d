// Names for callbacks, as texts show them: "work() at demo.cpp:11".
#pragma once

#include <source_location>
#include <string>
#include <utility>

#include "common/text.hpp"

namespace ch02 {

// The name that the program gave a callback, and where.
struct NameLabel {
  std::string name;
  std::source_location where;
  std::string text() const;
};

// The loop's own callbacks have a name, but no place in the program.
struct InternalLabel {
  const char* name;
  std::string text() const { return std::string(name) + "()"; }
};

// A callback without a name is called after its type: "<lambda>()".
struct NoLabel {};
std::string type_label(const char* mangled_type_name);

template <class F, class Label = NameLabel>
struct Named {
  Label label;
  F function;
  decltype(auto) operator()() { return function(); }
};

// Gives a callback a name: call_soon(named("work", [] { ... })). The place is
// the line that calls named().
template <class F>
[[nodiscard]] Named<F> named(
    common::Text name, F function,
    std::source_location where = std::source_location::current()) {
  return {{std::string(name), where}, std::move(function)};
}
// The name is a literal: it is not copied.
template <class F>
[[nodiscard]] Named<F, InternalLabel> internal(const char* name, F function) {
  return {{name}, std::move(function)};
}

// Refuses an empty function, where it is handed over.  Throws
// std::invalid_argument.
[[noreturn]] void throw_not_callable(const char* function);
template <class F>
void check_callback(const F& callback, const char* function) {
  if constexpr (requires { callback == nullptr; }) {
    if (callback == nullptr) throw_not_callable(function);
  }
}
template <class F, class Label>
void check_callback(const Named<F, Label>& callback, const char* function) {
  check_callback(callback.function, function);
}

}  // namespace ch02
