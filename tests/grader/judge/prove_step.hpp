// Shows that a step of a climb is right: what tests/steps/README.md promises.
#pragma once

#include "tests/grader/judge/bundle.hpp"

namespace grader {

// Prints what is wrong. With `refresh`, writes what our solution prints into
// the transcript (and what the starter prints into starter.txt, if there is
// one). Throws GraderError, and std::system_error for a file that is missing.
bool prove_step(const Bundle& bundle, const Exercise& step, bool refresh);

}  // namespace grader
