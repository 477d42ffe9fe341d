// Grades one submission: the unit of which a class run has many.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/grader/class/overlay.hpp"
#include "tests/grader/class/results.hpp"
#include "tests/grader/jail/sandbox.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/judge.hpp"

namespace grader {

struct GradeOrder {
  std::filesystem::path submission;
  std::vector<const Exercise*> exercises;
  std::uint64_t seed = 0;
  Limits limits;
  std::string bundle;  // hash_of() what decides
  const Overlay* overlay = nullptr;
};

// Of all files that decide about a score; `more`: of an overlay.
std::string hash_of(const Bundle& bundle,
                    const std::vector<const Exercise*>& exercises,
                    const std::vector<std::string>& more = {});

// Where the build has put the program for sandboxes.
std::filesystem::path jail_of(const Bundle& bundle);

// In the folder for temporary files. Throws std::system_error (ENOSPC).
void require_room_for_work();

// Throws GraderError when the grader, not the student, is the reason why there
// is no grade.
Results grade(const Bundle& bundle, const GradeOrder& order,
              const Sandbox& sandbox);

}  // namespace grader
