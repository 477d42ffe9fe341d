// An instructor's own cases for our exercises: a folder with
//
//   ID/ID.ini      a manifest with the new cases, and the sum of their points
//   ID/probe.cpp   which observes them
//
// They are graded besides ours; students do not get them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/grader/bundle.hpp"
#include "tests/grader/files.hpp"

namespace grader {

class Overlay {
 public:
  // Compiles the probes, alone and with our solutions. Throws GraderError,
  // ManifestError and UnknownExercise.
  Overlay(const Bundle& bundle, const std::filesystem::path& folder);

  // The exercise with the new cases instead of ours, or nullptr.
  const Exercise* more_of(const std::string& id) const;

  // All that decides about scores, of the exercises in the folder.
  static std::vector<std::string> texts(const std::filesystem::path& folder);

 private:
  ScratchDirectory made_;
  std::map<std::string, Exercise> exercises_;
};

}  // namespace grader
