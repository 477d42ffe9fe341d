#include "tests/grader/class/overlay.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/grader/judge/judge.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

// In an order that is the same everywhere.
std::vector<fs::path> folders_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw GraderError(
        fmt::format("--overlay: there is no folder {}", folder.string()));
  }
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

fs::path manifest_in(const fs::path& folder) {
  return folder / (folder.filename().string() + ".ini");
}

}  // namespace

Overlay::Overlay(const Bundle& bundle,
                 const std::vector<const Exercise*>& exercises,
                 const fs::path& folder, const fs::path& prepared)
    : folder_(prepared.empty() ? made_.emplace().path() : prepared) {
  // A compiler in a sandbox, which runs as another user, must find the objects.
  if (made_) fs::permissions(folder_, kReadableToAll);
  for (const fs::path& from : folders_in(folder)) {
    const std::string id = from.filename().string();
    Exercise exercise = bundle.find(id);
    if (std::none_of(exercises.begin(), exercises.end(),
                     [&](const Exercise* one) { return one->id() == id; })) {
      continue;
    }
    exercise.manifest = read_manifest(manifest_in(from));
    const fs::path object = folder_ / (id + ".o");
    exercise.probe.front() = object.string();
    exercise.watched_probe.clear();  // these are the original's cases
    exercise.reference = folder_ / (id + "_reference");
    if (made_) build(bundle, exercise, fs::absolute(from / "probe.cpp"));
    exercises_.emplace(id, std::move(exercise));
  }
}

void Overlay::build(const Bundle& bundle, const Exercise& exercise,
                    const fs::path& source) {
  const auto demand = [&](const Compiled& compiled, const char* what) {
    if (compiled) return;
    throw GraderError(
        fmt::format("{} {}:\n{}", source.string(), what, compiled.messages));
  };
  demand(compile_object(bundle, source, exercise.probe.front()),
         "does not compile");
  demand(compile(bundle, exercise, exercise.solution, exercise.reference),
         "and our solution are no program");
}

const Exercise* Overlay::more_of(const std::string& id) const {
  const auto found = exercises_.find(id);
  return found == exercises_.end() ? nullptr : &found->second;
}

std::vector<std::string> Overlay::texts(const fs::path& folder) {
  std::vector<std::string> all;
  for (const fs::path& from : folders_in(folder)) {
    all.push_back(read_file(manifest_in(from)));
    all.push_back(read_file(from / "probe.cpp"));
  }
  return all;
}

}  // namespace grader
