#include "tests/grader/judge/bundle.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace grader {

namespace {

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

const Exercise& find_step(const Bundle& bundle, const std::string& name) {
  std::string of_chapter;
  std::string all;
  for (const Exercise& step : bundle.steps) {
    const std::string path =
        step.manifest.chapter + "/" +
        std::filesystem::path(step.learner).stem().string();
    if (name == step.id() || name == path) return step;
    const std::size_t end = step.id().find('.') + 1;
    if (step.id().substr(0, end) == name.substr(0, end)) {
      of_chapter += " " + step.id();
    }
    all += " " + step.id();
  }
  throw UnknownExercise(fmt::format("there is no step '{}'; there are:{}", name,
                                    of_chapter.empty() ? all : of_chapter));
}

}  // namespace

std::string Exercise::key() const {
  if (!is_step()) return id();
  const std::string name = std::filesystem::path(learner).stem();
  return manifest.chapter.substr(3) + "/" + name.substr(name.find('_') + 1);
}

std::vector<const Exercise*> Bundle::all() const {
  std::vector<const Exercise*> result;
  auto exercise = exercises.begin();
  for (const Exercise& step : steps) {
    for (; exercise != exercises.end() &&
           exercise->manifest.chapter < step.manifest.chapter;
         ++exercise) {
      result.push_back(&*exercise);
    }
    result.push_back(&step);
  }
  for (; exercise != exercises.end(); ++exercise) result.push_back(&*exercise);
  return result;
}

const Exercise& Bundle::find(const std::string& id) const {
  if (id.find_first_of("./") != std::string::npos) return find_step(*this, id);
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

}  // namespace grader
