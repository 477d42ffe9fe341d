// The manifest of an exercise: tests/exercises/ID/ID.ini.
//
//   chapter = 06_slow_callback
//   title = The stopwatch
//   order = 1                       # within the chapter
//   minutes = 20
//   points = 3                      # the sum of the cases' points
//   heading = What counts as slow   # of the chapter's page: what to read
//   hint1 = A question.
//   hint2 = A pointer to the place, function or idea.
//   hint3 = The answer in pseudo-code; a semicolon between the steps.
//   forbids = gather wait_for       # optional: names it does not need
//   with = selector                 # optional: the piece that it can replace
//   threads = yes                   # optional: ThreadSanitizer also judges
//
//   [at_the_limit]                  # a section per case, in the probe's order
//   title = warn at the limit
//   points = 1
//   why = equal to the limit counts as slow: the comparison is >=
//   heading = Whose time is it?     # optional: what to read about this case
#pragma once

#include <array>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace grader {

struct CaseInfo {
  std::string name;
  std::string title;
  int points = 0;
  std::string why;
  std::string heading = {};  // what to read about it; else the exercise's
};

struct Manifest {
  std::string id;  // the file's name; of a step, "2.3"
  std::string chapter;
  std::string title;
  int order = 0;
  int minutes = 0;
  int points = 0;
  std::string heading;
  std::array<std::string, 3> hints;
  std::vector<std::string> forbids;  // names of our pieces
  std::string with;
  std::vector<CaseInfo> cases;  // of a step: one, with its title and why
  int step = 0;                 // its number in the chapter; 0: an exercise
  bool given = false;           // a step that is complete
  bool new_start = false;       // it does not continue the step before

  int chapter_number() const;  // 6 of 06_slow_callback
};

// Wrong content: "file:line: key: what is expected".
class ManifestError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The part of the book to which a chapter belongs, 06_slow_callback for
// instance. Each part has its own sum of points.
inline int part_of(const std::string& chapter) {
  return chapter < "09" ? 1 : 2;
}

// Throws ManifestError, and std::system_error when the file cannot be read.
Manifest read_manifest(const std::filesystem::path& file);
// The same for a text; `file` is for the messages and the id.
Manifest parse_manifest(const std::string& text,
                        const std::filesystem::path& file);

// The manifest of a step: tests/steps/02_event_loop/2_timers/2_timers.ini, with
// title, minutes, heading, why and the hints, and these:
//
//   given = yes      # optional: complete as it comes; hints and why may lack
//   new_start = yes  # optional: it does not continue the step before
//
// Throws ManifestError.
Manifest parse_step(const std::string& text, const std::filesystem::path& file);

}  // namespace grader
