#include "tests/grader/judge/learner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

// Somebody waits for the answer, and nothing else runs meanwhile.
constexpr Limits kShort{.wall = std::chrono::seconds(5),
                        .cpu = std::chrono::seconds(4)};

}  // namespace

bool is_untouched(const Bundle& bundle, const Exercise& exercise) {
  return read_file(bundle.root / exercise.learner) ==
         read_file(exercise.starter);
}

int todo_line(const Exercise& exercise) {
  int number = 0;
  for (const std::string& line : split_lines(read_file(exercise.starter))) {
    ++number;
    if (line.find("TODO") != std::string::npos) return number;
  }
  return 1;
}

std::string next_text(const Exercise& exercise) {
  return fmt::format("next  {}: {}, about {} minutes\n      {}:{}\n",
                     exercise.id(), exercise.manifest.title,
                     exercise.manifest.minutes, exercise.learner,
                     todo_line(exercise));
}

std::string page_of(const Bundle& bundle, const Exercise& exercise) {
  const std::string& chapter = exercise.manifest.chapter;
  const fs::path book = bundle.root / "book";
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(book, ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(chapter) || !name.ends_with(".md")) continue;
    for (const std::string& line : split_lines(read_file(entry.path()))) {
      if (line.starts_with("#") &&
          line.ends_with("# " + exercise.manifest.heading)) {
        return "book/" + name;
      }
    }
  }
  return "book/" + chapter + ".md";
}

bool names_chapter(const std::string& word, const std::string& chapter) {
  const std::string number = chapter.substr(0, 2);
  return word == chapter || word == number || "0" + word == number ||
         word == chapter.substr(3);
}

std::vector<const Exercise*> of_chapter(const Bundle& bundle,
                                        const std::string& word) {
  std::vector<const Exercise*> result;
  for (const Exercise* const one : bundle.all()) {
    if (names_chapter(word, one->manifest.chapter)) result.push_back(one);
  }
  return result;
}

Judged judge_learner(const Bundle& bundle, const Exercise& exercise) {
  Judged judged;
  judged.exercise = &exercise;
  judged.untouched = is_untouched(bundle, exercise);
  const fs::path folder = bundle.build / exercise.id();
  fs::create_directories(folder);
  const fs::path program = folder / "attempt";
  // Two checks at the same time must not write into each other's program.
  const fs::path fresh = folder / ("attempt-" + std::to_string(::getpid()));
  if (is_utf16(read_file(bundle.root / exercise.learner))) {
    judged.compiled.failure = Compiled::Failure::is_utf16;
    return judged;
  }
  judged.compiled = compile(bundle, exercise, exercise.learner, fresh);
  if (!judged.compiled) {
    fs::remove(fresh);
    return judged;
  }
  fs::rename(fresh, program);
  judged.verdict = judge(bundle, exercise, program, kVisibleSeed, kShort);
  return judged;
}

bool watch_learner(const Bundle& bundle, Judged& judged) {
  const Exercise& exercise = *judged.exercise;
  if (!judged.compiled || judged.untouched) return false;
  bool done = false;
  for (const Watch* const watch : bundle.watches_of(exercise)) {
    if (judged.points() == 0) break;
    const fs::path program = bundle.build / exercise.id() /
                             ("watched-" + std::to_string(::getpid()));
    const Compiled compiled =
        compile(bundle, exercise, exercise.learner, program, run, watch);
    if (!compiled) {
      throw GraderError("the file compiles, but not for the sanitizers:\n" +
                        compiled.messages);
    }
    judge_watched(exercise, program, exercise.learner, judged.verdict);
    fs::remove(program);
    done = true;
  }
  return done;
}

std::string story_of(const Judged& judged, const Style& style,
                     Stories stories) {
  const Exercise& exercise = *judged.exercise;
  if (!judged.compiled) return narrative(exercise, judged.compiled, style);
  std::string text;
  if (!judged.compiled.messages.empty()) {
    text += compiler_warns(judged.compiled.messages, style);
  }
  if (judged.untouched) {
    text += not_started(exercise, judged.verdict, todo_line(exercise));
  }
  return text + narrative(exercise, judged.verdict, style, stories);
}

}  // namespace grader
