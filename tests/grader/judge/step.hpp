// The steps of a chapter's climb: small programs that a reader completes. A
// step is an Exercise without points: one file with its own main(), which is
// right when it prints its transcript and the sanitizers find nothing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/sanitizers.hpp"

namespace grader {

// Reads CMake's preparations, build/steps/setup.txt, and finds the steps in
// tests/steps. With the name of a step, mistakes in the manifests of others are
// passed over. Throws GraderError and ManifestError.
void read_steps(const std::filesystem::path& setup, Bundle& bundle,
                const std::string& only = "");

// What a step is to print, without the first line of its transcript. Throws
// GraderError if there is no transcript, or its first line is not "$ 2.3".
std::string transcript_of(const Exercise& step);

// A program of a step in the build: "attempt", "starter".
std::filesystem::path program_of(const Bundle& bundle, const Exercise& step,
                                 const std::string& name);
// One call of the compiler, with sanitizers ("watched") or without.
Compiled compile_step(const Bundle& bundle, const Exercise& step,
                      const std::filesystem::path& program, bool watched);
// In an empty folder, within a few seconds.
Result run_step(const std::filesystem::path& program);

struct StepVerdict {
  const Exercise* step = nullptr;
  bool untouched = false;
  Compiled compiled;
  std::string expected;
  std::string got;    // as a terminal shows it
  std::string ended;  // in words, if it was stopped
  std::optional<Finding> finding;

  bool passed() const {
    return compiled && !finding && ended.empty() && got == expected;
  }
};

// Compiles and runs the reader's file.
StepVerdict check_step(const Bundle& bundle, const Exercise& step);
// "done", "not yet", "not started"
std::string state_of(const StepVerdict& verdict);
std::string story_of(const StepVerdict& verdict, const Style& style);

}  // namespace grader
