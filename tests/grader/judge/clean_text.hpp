// Strangers' bytes, as text that does no harm to a terminal, JSON or a log.
#pragma once

#include <string>
#include <string_view>

namespace grader {

// One line of UTF-8: control characters, backslashes and bytes that belong to
// no character are written as \n, \t, \\ and \x1b; characters that turn the
// direction of a text as \u202e.
std::string escaped(std::string_view raw);
// The same, but with backslashes as they are, and spaces for tabs: for reading,
// not for comparing.
std::string readable(std::string_view raw);

// The number of characters: roughly, the columns on a terminal.
std::size_t columns(std::string_view text);
// The first `count` characters.
std::string_view first_columns(std::string_view text, std::size_t count);

}  // namespace grader
