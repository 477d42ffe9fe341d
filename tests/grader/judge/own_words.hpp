// Which of our names a student's source uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grader {

// Those of the names that stand in a C++ text as words of their own, outside of
// comments and of literals. It reads words, and knows nothing of what they
// mean: a student's own function of such a name counts, too, and a macro that
// glues a name together does not.
std::vector<std::string> names_used(std::string_view text,
                                    const std::vector<std::string>& names);

}  // namespace grader
