// Finds the names of ours that a student's source uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grader {

// Those of the names that appear in a C++ text as whole words, outside comments
// and literals. It reads words without knowing their meaning: a student's own
// function with such a name counts, and a macro that glues a name together does
// not.
std::vector<std::string> names_used(std::string_view text,
                                    const std::vector<std::string>& names);

}  // namespace grader
