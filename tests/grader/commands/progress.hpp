// What a learner has done so far, and what comes next, in words.
#pragma once

#include <string>

#include "tests/grader/commands/record.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace grader {

// Points of an exercise: all if it was ever passed, because exercises change.
int points_of(const Exercise& exercise, const Remembered& remembered);
// The step or exercise to do now: one that was begun, or else the first that
// was not, in the order of the pages; nullptr if all are done.
const Exercise* next_exercise(const Bundle& bundle, const Progress& progress);
// "[#####.....] 12 of 100 points, 4 of 24 exercises, 9 of 25 steps"; the bar on
// a terminal.
std::string total_text(const Bundle& bundle, const Progress& progress,
                       bool terminal);
// One line per chapter, and what comes next.
std::string progress_text(const Bundle& bundle, const Progress& progress,
                          const Style& style, bool terminal);

}  // namespace grader
