#include "common/place.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <thread>

namespace common {

namespace {

void replace_all(std::string& text, std::string_view from,
                 std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Objects of a namespace are made before main(), on the thread that will run
// it.
const std::thread::id main_thread = std::this_thread::get_id();

bool opens(char c) { return c == '(' || c == '<' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == '>' || c == ']' || c == '}'; }

// Removes `head` from the front of `text`, if it is there.
bool skip(std::string_view& text, std::string_view head) {
  if (!text.starts_with(head)) return false;
  text.remove_prefix(head.size());
  return true;
}

// Removes a pair of brackets and its contents from the front of `text`.
void skip_brackets(std::string_view& text) {
  int depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto rest = text.substr(at);
    if (rest.starts_with("->")) {
      at += 2;
    } else if (rest[0] == '\'') {  // a character: '(' or '\''
      at += rest.starts_with("'\\") ? 4 : 3;
    } else {
      ++at;
      if (opens(rest[0])) ++depth;
      if (closes(rest[0]) && --depth == 0) break;
    }
  }
  text.remove_prefix(std::min(at, text.size()));
}

// Removes what can follow the parameters: "const", "[with T = int]".
void skip_qualifiers(std::string_view& text) {
  while (skip(text, " const") || skip(text, " volatile") ||
         skip(text, " mutable") || skip(text, " static") ||
         skip(text, " noexcept") || skip(text, " &&") || skip(text, " &")) {
  }
  if (text.starts_with(" [")) {
    text.remove_prefix(1);
    skip_brackets(text);
  }
}

bool is_operator(std::string_view text) {
  if (!skip(text, "operator") || text.empty()) return false;
  const auto c = static_cast<unsigned char>(text[0]);
  return std::isalnum(c) == 0 && c != '_';
}

}  // namespace

std::string_view file_name(const std::source_location& place) {
  std::string_view file = place.file_name();
  return file.substr(file.find_last_of('/') + 1);
}

std::string file_line(const std::source_location& place) {
  return std::string(file_name(place)) + ":" + std::to_string(place.line());
}

std::string function_name(const std::source_location& place) {
  return function_name(std::string_view(place.function_name()));
}

std::string function_name(std::string_view signature) {
  std::string name;
  auto rest = signature;
  while (!rest.empty()) {
    const bool starts = name.empty() || name.ends_with("::");
    if (skip(rest, "{anonymous}::") || skip(rest, "(anonymous namespace)::")) {
      continue;
    }
    if (rest.starts_with("<lambda") || rest.starts_with("(anonymous class)")) {
      name += "<lambda>";
      skip_brackets(rest);
      skip_qualifiers(rest);
      skip(rest, "::operator()");
      if (!rest.starts_with("::") && !rest.starts_with("(")) break;
    } else if (rest.starts_with("<unnamed ") ||
               rest.starts_with("(anonymous ")) {
      name += "<unnamed>";
      skip_brackets(rest);
    } else if (starts && is_operator(rest)) {
      // "operator()", "operator<", "operator bool": up to the parameters
      const auto symbol = rest.starts_with("operator()")
                              ? rest.substr(0, 10)
                              : rest.substr(0, rest.find('('));
      name += symbol;
      rest.remove_prefix(symbol.size());
    } else if (name.empty() && (rest.starts_with("decltype(") ||
                                rest.starts_with("decltype ("))) {
      rest.remove_prefix(rest.find('('));
      skip_brackets(rest);
    } else if (name.empty() && (skip(rest, "(*") || skip(rest, "(&"))) {
      // The name is inside: it returns a pointer to a function, or the like.
    } else if (rest[0] == '(') {
      skip_brackets(rest);
      skip_qualifiers(rest);
      // "main()::<lambda>": that was the enclosing function.
      if (!rest.starts_with("::")) break;
    } else if (rest[0] == '<') {
      skip_brackets(rest);
    } else {
      // Everything before a blank, * or & belongs to the return type.
      const char c = rest[0];
      rest.remove_prefix(1);
      if (c == ' ' || c == '*' || c == '&') {
        name.clear();
      } else {
        name += c;
      }
    }
  }
  return name;
}

std::string demangled(const char* mangled_type_name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(mangled_type_name, nullptr, nullptr, &status),
      std::free);
  std::string name = status == 0 ? text.get() : mangled_type_name;
  replace_all(name, "(anonymous namespace)::", "");
  // The namespaces in which the libraries keep what users call std::string.
  replace_all(name, "std::__cxx11::", "std::");
  replace_all(name, "std::__1::", "std::");
  for (const char* end : {"> >", ">>"}) {
    replace_all(name,
                "std::basic_string<char, std::char_traits<char>, "
                "std::allocator<char" +
                    std::string(end),
                "std::string");
  }
  return name;
}

std::string thread_name() {
  const bool begun = main_thread != std::thread::id();
  if (!begun || std::this_thread::get_id() == main_thread) return "MainThread";
  static std::atomic<int> threads = 0;
  // It has no destructor, because destructors of thread-local objects may log.
  thread_local const int number = ++threads;
  return "Thread-" + std::to_string(number);
}

}  // namespace common
