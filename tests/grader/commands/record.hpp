// The record of a learner's work: .workbook/progress.txt in the root of the
// repository, one line per exercise or step, by its key. They may come, go and
// move between chapters: their lines stay.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/step.hpp"

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

  Remembered of(const std::string& key) const;
  void set(const std::string& key, const Remembered& remembered);
  // About the lines that it does not understand, "FILE:LINE: ...". write()
  // keeps these lines.
  const std::vector<std::string>& complaints() const { return complaints_; }
  // The old file stays until the new one is complete.
  // Throws std::system_error.
  void write() const;

 private:
  struct Line {
    std::string key;   // empty: a comment, or not understood
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
// standard error and goes on: the answer has been judged. What was not touched
// is not recorded, but for a step that comes complete.
void remember(const Bundle& bundle, const Judged& judged) noexcept;
void remember(const Bundle& bundle, const StepVerdict& verdict) noexcept;

}  // namespace grader
