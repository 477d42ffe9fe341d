#include "tests/grader/judge/own_words.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace grader {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= '0' && c <= '9');
}

// A backslash at the end of a line joins it to the next, before anything else.
std::string joined_lines(std::string_view text) {
  std::string joined;
  while (!text.empty()) {
    if (text.starts_with("\\\n")) {
      text.remove_prefix(2);
    } else if (text.starts_with("\\\r\n")) {
      text.remove_prefix(3);
    } else {
      joined += text.front();
      text.remove_prefix(1);
    }
  }
  return joined;
}

// The position after the first `close` from `at` on, or else the text's end.
std::size_t behind(std::string_view text, std::size_t at,
                   std::string_view close) {
  const std::size_t end = text.find(close, at);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

// The position after a literal whose first quote is at `at`.
std::size_t behind_literal(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote && text[at] != '\n'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// The same for R"x( ... )x", whose first quote is at `at`.
std::size_t behind_raw(std::string_view text, std::size_t at) {
  const std::size_t open = text.find('(', at);
  if (open == std::string_view::npos) return text.size();
  const std::string close =
      ")" + std::string(text.substr(at + 1, open - at - 1)) + "\"";
  return behind(text, open, close);
}

}  // namespace

std::vector<std::string> names_used(std::string_view text,
                                    const std::vector<std::string>& names) {
  const std::string lines = joined_lines(text);
  const std::string_view source = lines;
  std::set<std::string_view> words;
  for (std::size_t at = 0; at < source.size();) {
    const std::string_view rest = source.substr(at);
    if (rest.starts_with("//")) {
      at = behind(source, at, "\n");
    } else if (rest.starts_with("/*")) {
      at = behind(source, at + 2, "*/");
    } else if (rest.front() == '"' || rest.front() == '\'') {
      at = behind_literal(source, at);
    } else if (is_letter(rest.front())) {
      // A quote between digits separates them: 1'000 is one word.
      std::size_t end = at;
      const bool number = rest.front() >= '0' && rest.front() <= '9';
      while (end < source.size() &&
             (is_letter(source[end]) || (number && source[end] == '\''))) {
        ++end;
      }
      const std::string_view word = source.substr(at, end - at);
      words.insert(word);
      at = end;
      if (word.back() == 'R' && at < source.size() && source[at] == '"') {
        at = behind_raw(source, at);
      }
    } else {
      ++at;
    }
  }
  std::vector<std::string> found;
  std::copy_if(names.begin(), names.end(), std::back_inserter(found),
               [&](const std::string& name) { return words.count(name) > 0; });
  return found;
}

}  // namespace grader
