// export: a class's files in the folders that MOSS and JPlag take.
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/grader/class/intake.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReadme =
    "Each folder is an exercise: base/ has the starter and the contract, and\n"
    "submissions/ a folder a student. Files that equal the starter are left "
    "out.\n"
    "\n"
    "MOSS:   moss -l cc -d -b ID/base/ID.cpp ID/submissions/*/*.cpp\n"
    "JPlag:  java -jar jplag.jar -l cpp -bc ID/base ID/submissions\n";

}  // namespace

int export_files(const Context& context, const Words& words) {
  if (words.size() != 3 || words[1] != "--out") {
    throw UsageError("export: DIR --out DIR");
  }
  const Bundle bundle = read_bundle(context.bundle);
  const fs::path submissions = words[0];
  const fs::path out = words[2];
  require_outside(out, submissions);
  const std::vector<std::string> students = students_in(submissions).students;
  if (fs::exists(out) && !fs::is_empty(out)) {
    throw GraderError(
        fmt::format("{} is not empty, and old files would stay", words[2]));
  }
  const auto exercises = choose_exercises(bundle, {});
  std::vector<std::size_t> counts(exercises.size());
  for (const std::string& student : students) {
    const Intake intake = take_in(submissions / student, exercises);
    for (std::size_t i = 0; i < exercises.size(); ++i) {
      const Exercise& exercise = *exercises[i];
      const auto& text = intake.files[i].text;
      if (!text || *text == read_file(exercise.starter)) continue;
      const fs::path folder = out / exercise.id() / "submissions" / student;
      fs::create_directories(folder);
      write_file(folder / (exercise.id() + ".cpp"), *text);
      ++counts[i];
    }
  }
  for (std::size_t i = 0; i < exercises.size(); ++i) {
    if (counts[i] == 0) continue;
    const Exercise& exercise = *exercises[i];
    const fs::path base = out / exercise.id() / "base";
    fs::create_directories(base);
    fs::copy_file(exercise.starter, base / (exercise.id() + ".cpp"));
    const fs::path contract = bundle.contract(exercise);
    fs::copy_file(contract, base / contract.filename());
    fmt::print("{}: {} submission{}\n", exercise.id(), counts[i],
               counts[i] == 1 ? "" : "s");
  }
  fs::create_directories(out);
  write_file(out / "README.txt", kReadme);
  return kOk;
}

}  // namespace grader
