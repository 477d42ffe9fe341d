// Bytes of strangers, as text that a terminal, JSON and a log survive.
#pragma once

#include <string>
#include <string_view>

namespace grader {

// One line of UTF-8: control characters, backslashes and bytes that belong to
// no character are written as \n, \t, \\ and \x1b.
std::string escaped(std::string_view raw);
// The same, with backslashes as they are, and spaces for tabs: to be read, not
// to be compared.
std::string readable(std::string_view raw);

// How many characters: the columns of a terminal, roughly.
std::size_t columns(std::string_view text);
// The first so many of them.
std::string_view first_columns(std::string_view text, std::size_t count);

}  // namespace grader
