// What a terminal shows: lines, the end of a program, and how two texts differ.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/grader/judge/process.hpp"

namespace grader {

// The terminal after a program has ended: its output, and a last line about how
// it ended, unless with status 0.
std::string as_shown(const Result& result);

std::vector<std::string> split_lines(std::string_view text);

// The lines that differ, with two equal ones around them; empty if all are the
// same. Lines are compared by their keys and shown as they are; `first_line` is
// the number of the first one in its file.
std::string line_diff(const std::vector<std::string>& expected,
                      const std::vector<std::string>& got,
                      const std::vector<std::string>& expected_keys,
                      const std::vector<std::string>& got_keys,
                      std::size_t first_line);

}  // namespace grader
