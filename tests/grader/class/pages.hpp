// The pages about a class that has been graded, as texts: one for each student
// to hand out, and those for the instructor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/grader/class/intake.hpp"
#include "tests/grader/class/results.hpp"

namespace grader {

struct Student {
  std::string name;
  std::optional<Results> results;
  std::string error;  // why there are none
};

// For the student: points, the story of each case that failed, and what to
// read. The student must have results.
enum class PageForm : unsigned char { markdown, html };
std::string student_page(const Student& student, PageForm form);

// For the grade book.
std::string class_csv(const std::vector<Student>& students);

// For the instructor, in Markdown. `others`: what was left out of the class.
std::string summary_page(const std::vector<Student>& students,
                         const std::vector<Class::Other>& others,
                         std::uint64_t seed);

}  // namespace grader
