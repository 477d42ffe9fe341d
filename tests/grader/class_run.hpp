// A class: one unit after the other, each a process of its own, and what the
// instructor reads about all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/grader/results.hpp"

namespace grader {

struct ClassOrder {
  std::filesystem::path submissions;  // a folder per student
  std::filesystem::path out;
  std::uint64_t seed = 0;
  std::string bundle;                  // its hash
  std::vector<std::string> exercises;  // their ids
  int jobs = 2;
  // The command of a unit; --submission, --out and --seed are added.
  std::vector<std::string> unit;
};

struct Student {
  std::string name;
  std::optional<Results> results;
  std::string error;  // why there are none
};

// What a class run recorded about itself in OUT/class.json: its seed, so that
// going on takes the same one.
std::optional<std::uint64_t> recorded_seed(const std::filesystem::path& out);

// Grades those that have no complete results of the same seed, bundle and
// exercises. Prints a line a student and, on a terminal, a bar. Returns the
// exit status.
int run_class(const ClassOrder& order);

// The pages, as texts.
std::string class_csv(const std::vector<Student>& students);
std::string student_page(const Student& student);
std::string summary_page(const std::vector<Student>& students,
                         std::uint64_t seed);

}  // namespace grader
