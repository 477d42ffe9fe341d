// CMake's preparations for judging: build/exercises/bundle.json. With them, one
// call of the compiler makes a learner's program, without a build system.
#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/grader/judge/manifest.hpp"

namespace grader {

// A program with a mistake that the exercise must notice.
struct WrongSolution {
  std::string name;   // of the mistake: misses_equal_limit
  std::string watch;  // built for this one: no other sees the mistake
  std::filesystem::path program;
  std::filesystem::path narrative;  // what check prints for it
};

// Files have full names; the one that the learner sees is relative to the root.
struct Exercise {
  Manifest manifest;
  std::string learner;               // chapters/NN_name/exercises/ID.cpp, and
                                     // of a step .../steps/2_timers.cpp
  std::filesystem::path starter;     // that file as it came
  std::filesystem::path solution;    // its source
  std::filesystem::path reference;   // the probe with our solution
  std::filesystem::path transcript;  // expected.txt
  std::vector<std::string> probe;    // objects
  // The same for each watch that the exercise needs, by its name.
  std::map<std::string, std::vector<std::string>> watched_probe;
  std::vector<std::string> libraries;
  // For the proof: programs, and the linker's messages about the probe alone.
  std::map<std::string, std::filesystem::path> watched_reference;
  std::filesystem::path starter_program;
  std::filesystem::path link_of_nothing;
  std::vector<WrongSolution> wrong;

  const std::string& id() const { return manifest.id; }
  bool is_step() const { return manifest.step > 0; }
  // What progress is kept under: a step may get another number.
  std::string key() const;
};

// A chapter's program, to be linked with a learner's piece.
struct Program {
  std::string name;  // NN_name
  std::vector<std::string> objects;
  std::vector<std::string> libraries;
};

// Sanitizers that watch a program: "memory" (AddressSanitizer and
// UndefinedBehaviorSanitizer) or "threads" (ThreadSanitizer).
struct Watch {
  std::string name;
  std::vector<std::string> compile_flags;
};

// How a step is compiled and linked: one call each.
struct StepTools {
  std::filesystem::path setup;       // setup.txt, where the rest comes from
  std::filesystem::path build;       // the folder of the steps in the build
  std::vector<std::string> plain;    // flags for "run"
  std::vector<std::string> watched;  // for "check": with sanitizers
  std::vector<std::string> link;
  // By chapter: the pieces of those before it.
  std::map<std::string, std::vector<std::string>> libraries;
};

struct Bundle {
  std::filesystem::path root;   // of the repository
  std::filesystem::path build;  // the folder of the exercises in the build
  std::string compiler;
  std::vector<std::string> compile_flags;
  std::vector<std::string> link_flags;
  std::vector<Watch> watches;  // that the compiler has
  bool sanitized = false;      // whole build: no memory limit, other reports
  std::vector<Program> programs;
  std::vector<Exercise> exercises;  // by chapter and order
  StepTools step_tools;
  std::vector<Exercise> steps;  // by chapter and number

  // By its id; a step, also as 02_event_loop/2_timers. Throws UnknownExercise,
  // with the ids that are similar.
  const Exercise& find(const std::string& id) const;
  // Steps and exercises in the order of the pages.
  std::vector<const Exercise*> all() const;
  // Of the watches that the compiler has, those that the exercise needs.
  std::vector<const Watch*> watches_of(const Exercise& exercise) const;
  // The header that the learner's file keeps to.
  std::filesystem::path contract(const Exercise& exercise) const {
    return (root / exercise.learner).replace_extension(".hpp");
  }
};

class UnknownExercise : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The grader cannot work: says what is missing, and how to get it.
class GraderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The named ones, or all, in the bundle's order. Throws UnknownExercise, and
// GraderError when there are none.
std::vector<const Exercise*> choose_exercises(
    const Bundle& bundle, const std::vector<std::string>& ids);

// Without the steps, which read_steps() adds. Throws GraderError and
// ManifestError. With the id of an exercise, it leaves
// the others out: somebody may still be writing their manifests.
Bundle read_bundle(const std::filesystem::path& file,
                   const std::string& only = "");

}  // namespace grader
