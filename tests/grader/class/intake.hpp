// Takes the exercises' own files from a student's folder, and nothing else.
#pragma once

#include <compare>
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
  bool elsewhere = false;           // not where it belongs, but found
  std::optional<std::string> text;  // nothing: refused
  std::string refusal;
  // If there is none: files that could be meant, as clean text, sorted.
  std::vector<std::string> similar;
};

struct Intake {
  std::vector<TakenFile> files;  // one for each exercise
  // Other names in the folder, as clean text; sorted, and only the first few.
  std::vector<std::string> ignored;
};

// A class's folders, sorted: one folder a student. A link could lead anywhere
// and does not count, nor does a dot folder. `others`: everything else there,
// and why it does not count; dot files are not worth a word. Throws GraderError
// if there is no such folder, or none in it.
struct Class {
  struct Other {
    std::string name;
    std::string why;
    auto operator<=>(const Other&) const = default;
  };
  std::vector<std::string> students;
  std::vector<Other> others;
};
Class students_in(const std::filesystem::path& folder);

// Throws UsageError if a folder for results is the class's folder, or in it:
// the next run would take it for a student.
void require_outside(const std::filesystem::path& out,
                     const std::filesystem::path& submissions);

// A file of an exercise is ID.cpp, or chapters/NN_name/exercises/ID.cpp as in
// the repository. If it is neither, then the one in any other folder, or with
// other capitals, except in a folder "solutions". Only plain files of at most
// kLargestFile bytes are read, and no link is followed below the folder. Throws
// std::system_error when the folder itself cannot be opened, and GraderError
// when something in it cannot be read.
Intake take_in(const std::filesystem::path& submission,
               const std::vector<const Exercise*>& exercises);

}  // namespace grader
