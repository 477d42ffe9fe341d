// Grades one submission. A class run does this for each student.
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
  std::string bundle;  // its hash_of()
  const Overlay* overlay = nullptr;
  // What all programs of the submission may take together: so many times what a
  // case may. Cases are not run when it is used up.
  int budget = 60;
};

// A hash of all files that decide about a score; `more`: those of an overlay.
std::string hash_of(const Bundle& bundle,
                    const std::vector<const Exercise*>& exercises,
                    const std::vector<std::string>& more = {});

// Where the build has put the program for sandboxes.
std::filesystem::path jail_of(const Bundle& bundle);

// Is there room in the folder for temporary files? If not, throws
// std::system_error (ENOSPC).
void require_room_for_work();

// Throws GraderError if there is no grade, and the grader is the reason, not
// the student.
Results grade(const Bundle& bundle, const GradeOrder& order,
              const Sandbox& sandbox);

}  // namespace grader
