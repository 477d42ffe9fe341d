// A class: one unit after the other, each a process of its own, and what the
// instructor reads about all of them.
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
  // Was this isolation asked for? Else results of another one will do, unless
  // that was none at all.
  bool same_isolation = false;
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

// Grades those that have no complete results of what they hand in now, with the
// same seed, bundle, exercises, limits, and an isolation that counts. Prints a
// line a student and, on a terminal, a bar. Returns the exit status.
int run_class(const ClassOrder& order);

// "2:05", minutes and seconds, if it goes on as so far; empty before there is
// anything to go by, and at the end.
std::string time_left(std::chrono::seconds so_far, std::size_t done,
                      std::size_t left);

// The pages, as texts.
std::string class_csv(const std::vector<Student>& students);
std::string student_page(const Student& student);
std::string summary_page(const std::vector<Student>& students,
                         std::uint64_t seed);

}  // namespace grader
