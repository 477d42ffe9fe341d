// A learner's own file, in chapters/NN_name/exercises, and what it is worth.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace grader {

// Is the file the starter, byte for byte?
bool is_untouched(const Bundle& bundle, const Exercise& exercise);
// The line number of the starter's TODO; without one, 1.
int todo_line(const Exercise& exercise);
// "next  stopwatch: The stopwatch, about 20 minutes", and where.
std::string next_text(const Exercise& exercise);
// The page with the heading that the manifest names: book/02_event_loop.md.
std::string page_of(const Bundle& bundle, const Exercise& exercise);

// Does the word name this chapter (NN_name), by number or by name, as for
// ./workbook?
bool names_chapter(const std::string& word, const std::string& chapter);
// The steps and exercises of the chapter that the word names, in the order of
// its pages; empty if it names none.
std::vector<const Exercise*> of_chapter(const Bundle& bundle,
                                        const std::string& word);

struct Judged {
  const Exercise* exercise = nullptr;
  bool untouched = false;
  Compiled compiled;
  Verdict verdict;  // without cases if the file did not compile

  int points() const { return verdict.points(); }
  bool passed() const { return compiled && verdict.passed(); }
};

// With the visible seed, and without sanitizers. The program stays in the
// exercise's folder in the build, as "attempt", for a debugger: attempt --case
// NAME --visible. Throws GraderError, and std::system_error if there is no such
// file.
Judged judge_learner(const Bundle& bundle, const Exercise& exercise);
// Then, with sanitizers, the cases that have passed. False if there are no such
// cases, or no sanitizers.
bool watch_learner(const Bundle& bundle, Judged& judged);

std::string story_of(const Judged& judged, const Style& style,
                     Stories stories = Stories::first);

}  // namespace grader
