// Takes the exercises' own files from a student's folder, and nothing else.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"

namespace grader {

inline constexpr std::size_t kLargestFile = 256U << 10U;

struct TakenFile {
  const Exercise* exercise = nullptr;
  std::string where;                // in the submission; empty: there is none
  std::optional<std::string> text;  // nothing: refused
  std::string refusal;
};

struct Intake {
  std::vector<TakenFile> files;  // one for each exercise
  // Other names in the folder, as clean text; sorted, and only the first few.
  std::vector<std::string> ignored;
};

// The names of a class's folders, sorted: one folder a student. A link could
// lead anywhere and does not count, nor does a dot folder. `others`: everything
// else there whose name has no dot in front. Throws GraderError if there is no
// such folder, or none in it.
struct Class {
  std::vector<std::string> students;
  std::vector<std::string> others;
};
Class students_in(const std::filesystem::path& folder);

// A file of an exercise is ID.cpp, or chapters/NN_name/exercises/ID.cpp as in
// the repository. Only plain files of at most kLargestFile bytes are read, and
// no link is followed below the folder. Throws std::system_error when the
// folder itself cannot be opened.
Intake take_in(const std::filesystem::path& submission,
               const std::vector<const Exercise*>& exercises);

}  // namespace grader
