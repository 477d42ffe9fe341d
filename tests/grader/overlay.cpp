#include "tests/grader/overlay.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/grader/judge.hpp"
#include "tests/grader/process.hpp"

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

void compile_probe(const Bundle& bundle, const fs::path& source,
                   const fs::path& object) {
  Request request;
  request.program = bundle.compiler;
  request.directory = bundle.root;
  request.timeout = std::chrono::seconds(120);
  request.output = Output::as_terminal;
  request.arguments = bundle.compile_flags;
  for (const std::string& word :
       {std::string("-c"), fs::absolute(source).string(), std::string("-o"),
        object.string()}) {
    request.arguments.push_back(word);
  }
  const Result result = run(request);
  if (result.exit_status == 0 && !result.killed_by && !result.timed_out) return;
  throw GraderError(
      fmt::format("{} does not compile:\n{}", source.string(), result.out));
}

}  // namespace

Overlay::Overlay(const Bundle& bundle, const fs::path& folder) {
  // A compiler in a sandbox, as another user, must find the objects.
  fs::permissions(made_.path(), kReadableToAll);
  for (const fs::path& from : folders_in(folder)) {
    const std::string id = from.filename().string();
    Exercise exercise = bundle.find(id);
    exercise.manifest = read_manifest(manifest_in(from));
    const fs::path object = made_.path() / (id + ".o");
    compile_probe(bundle, from / "probe.cpp", object);
    exercise.probe.front() = object.string();
    exercise.reference = made_.path() / (id + "_reference");
    const Compiled compiled =
        compile(bundle, exercise, exercise.solution, exercise.reference);
    if (!compiled) {
      throw GraderError(fmt::format("{} and our solution are no program:\n{}",
                                    (from / "probe.cpp").string(),
                                    compiled.messages));
    }
    exercises_.emplace(id, std::move(exercise));
  }
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
