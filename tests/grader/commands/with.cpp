// with ID PROGRAM: makes a chapter's program with the learner's piece instead
// of ours, and prints its path.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/grader/commands/progress.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/process.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

const Program& find_program(const Bundle& bundle, const std::string& name) {
  const auto found =
      std::find_if(bundle.programs.begin(), bundle.programs.end(),
                   [&](const Program& one) { return one.name == name; });
  if (found == bundle.programs.end()) {
    throw UsageError(fmt::format("with: there is no program '{}'", name));
  }
  return *found;
}

const Exercise& find_replacement(const Bundle& bundle, const std::string& id) {
  const Exercise& exercise = bundle.find(id);
  if (!exercise.manifest.with.empty()) return exercise;
  std::string others;
  for (const Exercise& other : bundle.exercises) {
    if (!other.manifest.with.empty()) others += " " + other.id();
  }
  throw UnknownExercise(
      fmt::format("{} replaces none of our pieces; these do:{}", id, others));
}

}  // namespace

int with(const Context& context, const Words& words) {
  if (words.size() != 2) throw UsageError("with: an exercise and a program");
  Bundle bundle = read_bundle(context.bundle);
  // mold 1.10 takes more from a library than the program lacks. Other linkers
  // do not know its option.
  std::erase(bundle.link_flags, "-fuse-ld=mold");
  std::erase(bundle.link_flags, "-Wl,--no-fork");
  // The adapter (with.cpp) has the same definitions as a chapter's library. A
  // linker takes from a library only what it still lacks, so ours stays out.
  Exercise linked = find_replacement(bundle, words[0]);
  const Program& program = find_program(bundle, words[1]);
  if (program.name < linked.manifest.chapter) {
    throw UnknownExercise(fmt::format("{} comes before {}, of chapter {}",
                                      program.name, linked.id(),
                                      linked.manifest.chapter_number()));
  }
  linked.probe = program.objects;
  linked.probe.push_back(linked.starter.parent_path() / "with.cpp");
  linked.libraries = program.libraries;

  const InterruptScope interrupts;
  const fs::path folder = bundle.build / linked.id();
  fs::create_directories(folder);
  const fs::path fresh =
      folder / fmt::format("{}-{}", program.name, ::getpid());
  const Compiled compiled = compile(bundle, linked, linked.learner, fresh);
  if (!compiled) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    fmt::print(stderr, "{}", narrative(linked, compiled, terminal_style()));
    return kFailed;
  }
  fs::rename(fresh, folder / program.name);
  if (!read_progress(bundle).of(linked.id()).passed) {
    fmt::print(stderr, "({} has not passed ./workbook check yet)\n",
               linked.id());
  }
  fmt::print("{}\n", (folder / program.name).string());
  return kOk;
}

}  // namespace grader
