// The form of bundle.json.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <tuple>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"

namespace grader {

namespace {

using nlohmann::json;

Exercise read_exercise(const json& from) {
  Exercise exercise;
  exercise.manifest = read_manifest(from.at("manifest").get<std::string>());
  exercise.learner = from.at("learner").get<std::string>();
  exercise.starter = from.at("starter").get<std::string>();
  exercise.solution = from.at("solution").get<std::string>();
  exercise.reference = from.at("reference").get<std::string>();
  exercise.transcript = from.at("transcript").get<std::string>();
  exercise.probe = from.at("probe").get<std::vector<std::string>>();
  for (const auto& [watch, objects] : from.at("watched_probe").items()) {
    exercise.watched_probe[watch] = objects.get<std::vector<std::string>>();
  }
  for (const auto& [watch, program] : from.at("watched_reference").items()) {
    exercise.watched_reference[watch] = program.get<std::string>();
  }
  exercise.libraries = from.at("libraries").get<std::vector<std::string>>();
  exercise.starter_program = from.at("starter_program").get<std::string>();
  exercise.link_of_nothing = from.at("link_of_nothing").get<std::string>();
  for (const json& wrong : from.at("wrong")) {
    exercise.wrong.push_back({wrong.at("name").get<std::string>(),
                              wrong.at("watch").get<std::string>(),
                              wrong.at("program").get<std::string>(),
                              wrong.at("narrative").get<std::string>()});
  }
  return exercise;
}

Bundle parse(const json& from, const std::string& only) {
  Bundle bundle;
  bundle.root = from.at("root").get<std::string>();
  bundle.build = from.at("build").get<std::string>();
  bundle.compiler = from.at("compiler").get<std::string>();
  bundle.compile_flags =
      from.at("compile_flags").get<std::vector<std::string>>();
  bundle.link_flags = from.at("link_flags").get<std::vector<std::string>>();
  for (const auto& [watch, flags] : from.at("watches").items()) {
    bundle.watches.push_back({watch, flags.get<std::vector<std::string>>()});
  }
  bundle.sanitized = from.at("sanitized").get<bool>();
  bundle.step_tools.setup = from.value("steps", "");
  for (const json& program : from.at("programs")) {
    bundle.programs.push_back(
        {program.at("name").get<std::string>(),
         program.at("objects").get<std::vector<std::string>>(),
         program.at("libraries").get<std::vector<std::string>>()});
  }
  const json& exercises = from.at("exercises");
  const auto is_only = [&](const json& one) {
    return !only.empty() && one.at("id").get<std::string>() == only;
  };
  const bool known = std::any_of(exercises.begin(), exercises.end(), is_only);
  for (const json& exercise : exercises) {
    if (known && !is_only(exercise)) continue;
    bundle.exercises.push_back(read_exercise(exercise));
  }
  std::sort(
      bundle.exercises.begin(), bundle.exercises.end(),
      [](const Exercise& a, const Exercise& b) {
        return std::tie(a.manifest.chapter, a.manifest.order, a.manifest.id) <
               std::tie(b.manifest.chapter, b.manifest.order, b.manifest.id);
      });
  return bundle;
}

}  // namespace

Bundle read_bundle(const std::filesystem::path& file, const std::string& only) {
  std::string text;
  try {
    text = read_file(file);
  } catch (const std::system_error& error) {
    throw GraderError(fmt::format(
        "{}; './workbook check' builds it, or: cmake --build build --target "
        "exercises",
        error.what()));
  }
  try {
    return parse(json::parse(text), only);
  } catch (const json::exception& error) {
    throw GraderError(
        fmt::format("{}: {}; configuring writes it anew: cmake build",
                    file.string(), error.what()));
  }
}

}  // namespace grader
