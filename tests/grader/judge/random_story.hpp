// Of a random story that went wrong, the shortest part that still does.
#pragma once

#include <functional>

#include "tests/grader/judge/judge.hpp"

namespace grader {

// Runs a case with our program and with the learner's, and compares.
using Compare =
    std::function<CaseVerdict(const Runner& ours, const Runner& theirs)>;

// Compares the whole case. If a random story is the first that differs, leaves
// out operations, in chunks and then one by one, as long as the rest differs:
// the same ones each time. Returns the verdict on what is left; or that on the
// whole case if the story does not differ when it is told alone.
CaseVerdict with_shortest_story(const Compare& compare, const Runner& theirs);

}  // namespace grader
