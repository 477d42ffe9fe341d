#include "tests/grader/judge/clean_text.hpp"

#include <fmt/format.h>

namespace grader {

namespace {

// The length in bytes of the UTF-8 character here; 0 if there is none.
std::size_t utf8_length(std::string_view rest) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(rest[i]);
  };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1U
                             : first >= 0xc2 && first < 0xe0 ? 2U
                             : first >= 0xe0 && first < 0xf0 ? 3U
                             : first >= 0xf0 && first < 0xf5 ? 4U
                                                             : 0U;
  if (length == 0 || rest.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and codes beyond the last character.
  if (length == 3 && first == 0xe0 && byte(1) < 0xa0) return 0;
  if (length == 3 && first == 0xed && byte(1) >= 0xa0) return 0;
  if (length == 4 && first == 0xf0 && byte(1) < 0x90) return 0;
  if (length == 4 && first == 0xf4 && byte(1) >= 0x90) return 0;
  return length;
}

// Characters without a shape that end a line, or turn the direction of the
// text around them: with these, a line can look like another one. Returns the
// code of the one here, or 0.
unsigned turns_text(std::string_view character) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(character[i]) & 0x3fU;
  };
  unsigned code = 0;
  if (character.size() == 2) {
    code = (static_cast<unsigned char>(character[0]) & 0x1fU) << 6U | byte(1);
  } else if (character.size() == 3) {
    code = (static_cast<unsigned char>(character[0]) & 0x0fU) << 12U |
           byte(1) << 6U | byte(2);
  }
  const bool turns = code == 0x061c || code == 0x200e || code == 0x200f ||
                     (code >= 0x2028 && code <= 0x202e) ||
                     (code >= 0x2066 && code <= 0x2069);
  return turns ? code : 0;
}

std::string clean(std::string_view raw, bool keep_backslashes) {
  std::string result;
  while (!raw.empty()) {
    const auto byte = static_cast<unsigned char>(raw[0]);
    const std::size_t length = utf8_length(raw);
    // The control characters U+0080 to U+009F have two bytes.
    const bool control = byte < 0x20 || byte == 0x7f ||
                         (length == 2 && byte == 0xc2 &&
                          static_cast<unsigned char>(raw[1]) < 0xa0);
    std::size_t taken = 1;
    if (byte == '\n') {
      result += "\\n";
    } else if (byte == '\t') {
      result += keep_backslashes ? "    " : "\\t";
    } else if (byte == '\\' && !keep_backslashes) {
      result += "\\\\";
    } else if (length == 0 || control) {
      result += fmt::format("\\x{:02x}", byte);
    } else if (const unsigned code = turns_text(raw.substr(0, length));
               code != 0) {
      result += fmt::format("\\u{:04x}", code);
      taken = length;
    } else {
      result += raw.substr(0, length);
      taken = length;
    }
    raw.remove_prefix(taken);
  }
  return result;
}

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
}

}  // namespace

std::string escaped(std::string_view raw) { return clean(raw, false); }
std::string readable(std::string_view raw) { return clean(raw, true); }

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += begins_character(c) ? 1U : 0U;
  return count;
}

std::string_view first_columns(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && count-- == 0) break;
  }
  return text.substr(0, end);
}

}  // namespace grader
