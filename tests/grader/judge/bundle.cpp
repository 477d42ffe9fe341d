#include "tests/grader/judge/bundle.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <tuple>

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

// The edits that lead from one word to the other: roughly, how many letters
// differ.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1,
                         diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

const Exercise& Bundle::find(const std::string& id) const {
  const auto found = std::find_if(
      exercises.begin(), exercises.end(),
      [&](const Exercise& exercise) { return exercise.id() == id; });
  if (found != exercises.end()) return *found;
  std::vector<std::string> near;
  for (const Exercise& exercise : exercises) {
    const std::string& known = exercise.id();
    if (distance(id, known) <= 1 + id.size() / 4 ||
        (id.size() > 2 && known.find(id) != std::string::npos)) {
      near.push_back(known);
    }
  }
  if (near.empty()) {
    for (const Exercise& exercise : exercises) near.push_back(exercise.id());
    throw UnknownExercise(fmt::format(
        "there is no exercise '{}'; there are: {}", id, fmt::join(near, ", ")));
  }
  throw UnknownExercise(
      fmt::format("there is no exercise '{}'; did you mean {}?", id,
                  fmt::join(near, ", or ")));
}

std::vector<const Watch*> Bundle::watches_of(const Exercise& exercise) const {
  std::vector<const Watch*> needed;
  for (const Watch& watch : watches) {
    if (exercise.watched_probe.contains(watch.name)) needed.push_back(&watch);
  }
  return needed;
}

std::vector<const Exercise*> choose_exercises(
    const Bundle& bundle, const std::vector<std::string>& ids) {
  std::vector<const Exercise*> chosen;
  for (const std::string& id : ids) bundle.find(id);
  for (const Exercise& exercise : bundle.exercises) {
    if (ids.empty() ||
        std::find(ids.begin(), ids.end(), exercise.id()) != ids.end()) {
      chosen.push_back(&exercise);
    }
  }
  if (chosen.empty()) throw GraderError("there are no exercises yet");
  return chosen;
}

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
