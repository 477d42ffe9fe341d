// The record of a learner's work: .workbook/progress.txt in the root of the
// repository, one line per exercise, by its id. Exercises may come, go and move
// between chapters: their lines stay.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace grader {

struct Remembered {
  int points = 0;       // the most that check has seen
  bool passed = false;  // at least once
  int hints = 0;        // shown so far
};

class Progress {
 public:
  // No file: nothing is remembered yet.  Throws std::system_error.
  static Progress read(const std::filesystem::path& file);

  Remembered of(const std::string& id) const;
  void set(const std::string& id, const Remembered& remembered);
  // About the lines that it does not understand, "FILE:LINE: ...". write()
  // keeps these lines.
  const std::vector<std::string>& complaints() const { return complaints_; }
  // The old file stays until the new one is complete.
  // Throws std::system_error.
  void write() const;

 private:
  struct Line {
    std::string id;    // empty: a comment, or not understood
    std::string text;  // as it was read
    Remembered remembered;
  };

  std::filesystem::path file_;
  std::vector<Line> lines_;
  std::vector<std::string> complaints_;
};

std::filesystem::path progress_file(const Bundle& bundle);
// Reads it, and complains on standard error about lines it does not understand.
Progress read_progress(const Bundle& bundle);

// Records the result of a check. If that cannot be written, it says so on
// standard error and goes on: the answer has been judged.
void remember(const Bundle& bundle, const Judged& judged) noexcept;

// Points of an exercise: all if it was ever passed, because exercises change.
int points_of(const Exercise& exercise, const Remembered& remembered);
// The exercise to do now: one that was begun, or else the first that was not;
// nullptr if all are done.
const Exercise* next_exercise(const Bundle& bundle, const Progress& progress);
// "next  stopwatch: The stopwatch, about 20 minutes", and where.
std::string next_text(const Exercise& exercise);

// "[#####.....] 12 of 100 points, 4 of 24 exercises"; the bar on a terminal.
std::string total_text(const Bundle& bundle, const Progress& progress,
                       bool terminal);
// One line per chapter, and the exercise that comes next.
std::string progress_text(const Bundle& bundle, const Progress& progress,
                          const Style& style, bool terminal);

}  // namespace grader
