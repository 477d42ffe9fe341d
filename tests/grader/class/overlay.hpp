// An instructor's own cases for our exercises: a folder with
//
//   ID/ID.ini      a manifest with the new cases, and the sum of their points
//   ID/probe.cpp   which observes them
//
// They are graded in addition to ours; students do not get them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"

namespace grader {

class Overlay {
 public:
  // Compiles the probes of these exercises, alone and with our solutions; or
  // takes those in `prepared`, which is made() of another Overlay. Throws
  // GraderError, ManifestError and UnknownExercise.
  Overlay(const Bundle& bundle, const std::vector<const Exercise*>& exercises,
          const std::filesystem::path& folder,
          const std::filesystem::path& prepared = {});

  // Where the objects and programs are, as long as this object lives.
  const std::filesystem::path& made() const { return folder_; }

  // The exercise with the new cases instead of ours, or nullptr.
  const Exercise* more_of(const std::string& id) const;

  // All that decides about scores, for the exercises in the folder.
  static std::vector<std::string> texts(const std::filesystem::path& folder);

 private:
  void build(const Bundle& bundle, const Exercise& exercise,
             const std::filesystem::path& source);

  std::optional<ScratchDirectory> made_;
  std::filesystem::path folder_;
  std::map<std::string, Exercise> exercises_;
};

}  // namespace grader
