// The results of grading one submission, and the forms in which it writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace grader {

struct CaseResult {
  std::string name;
  std::string title;
  int score = 0;
  int of = 0;
  std::string message;  // for the student, without the hidden inputs
};

// The fate of the file of an exercise.
namespace state {
inline constexpr std::string_view kGraded = "graded";
inline constexpr std::string_view kMissing = "missing";
inline constexpr std::string_view kNotStarted = "not started";
inline constexpr std::string_view kRefused = "refused";
inline constexpr std::string_view kDoesNotCompile = "does not compile";
}  // namespace state

struct ExerciseResult {
  std::string id;
  std::string title;
  std::string state;
  std::string message;  // why, when it was not graded
  std::string file;     // fingerprint() of what was handed in, or empty
  std::string from;     // where it was found, if not where it belongs
  std::vector<CaseResult> cases;
  std::vector<std::string> flags;  // for a person to look at

  int score() const;
  int of() const;
};

struct Results {
  std::uint64_t seed = 0;
  std::string bundle;  // a hash of all that decides about a score
  std::vector<ExerciseResult> exercises;
  std::vector<std::string> ignored;  // files
  // These may differ from machine to machine, so they are kept apart.
  std::string isolation;
  std::string limits;  // in words, as the judge has them
  std::string warning;
  std::vector<std::string> refusals;  // of better isolations
  std::chrono::milliseconds elapsed{0};

  int score() const;
  int of() const;
  std::vector<std::string> flags() const;  // of all exercises, with their ids
};

// Our own form, in which only the part "run" may differ; and Gradescope's.
std::string as_json(const Results& results);
std::string as_gradescope(const Results& results);

// Throws std::runtime_error if the text is not as as_json() writes it.
Results parse_results(const std::string& text);

}  // namespace grader
