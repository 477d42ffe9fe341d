// A class: one unit for each student, each in a separate process, and the pages
// about all of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/grader/class/results.hpp"
#include "tests/grader/judge/bundle.hpp"

namespace grader {

struct ClassOrder {
  std::filesystem::path submissions;  // a folder per student
  std::filesystem::path out;
  std::uint64_t seed = 0;
  std::string bundle;  // its hash
  std::vector<const Exercise*> exercises;
  std::string limits;     // in words
  std::string isolation;  // by its name
  // Was this isolation asked for? If not, results of another one count too,
  // unless that was "limits", which isolates nothing.
  bool same_isolation = false;
  int jobs = 2;
  // The command of a unit; --submission, --out and --seed are added.
  std::vector<std::string> unit;
};

// The seed that a class run recorded in OUT/class.json, so that a run that goes
// on uses the same one.
std::optional<std::uint64_t> recorded_seed(const std::filesystem::path& out);

// Grades each student who has no complete results for the present files, with
// the same seed, bundle, exercises and limits, and an isolation that counts.
// Prints a line a student and, on a terminal, a bar. Returns the exit status.
int run_class(const ClassOrder& order);

// "2:05", minutes and seconds, at the speed so far; empty before the first is
// done, and at the end.
std::string time_left(std::chrono::seconds so_far, std::size_t done,
                      std::size_t left);

}  // namespace grader
