// hint ID: goes one level further each time.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tests/grader/commands/record.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace grader {

namespace {

// The last hint is a list of steps, with semicolons between them.
std::string steps(const std::string& lead, std::string hint,
                  std::size_t width) {
  std::string text;
  std::string first = lead;
  while (true) {
    const std::size_t end = hint.find("; ");
    text += wrapped(first, hint.substr(0, end), width);
    if (end == std::string::npos) return text;
    hint.erase(0, end + 2);
    first.assign(lead.size(), ' ');
  }
}

std::string hints_text(const Bundle& bundle, const Exercise& exercise,
                       std::size_t count, bool over, const Style& style) {
  const Manifest& manifest = exercise.manifest;
  const std::size_t most = manifest.hints.size();
  std::string text =
      style.bold(fmt::format("{}: {}", exercise.id(),
                             over ? "there are no more hints than these"
                                  : fmt::format("hint {} of {}", count, most)));
  text += "\n";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string lead = fmt::format("  {}  ", i + 1);
    text += i + 1 == most ? steps(lead, manifest.hints[i], style.width)
                          : wrapped(lead, manifest.hints[i], style.width);
  }
  if (!over && count < most) return text;
  text += wrapped(
      "  read  ",
      fmt::format("book, chapter {}, \"{}\" ({})", manifest.chapter_number(),
                  manifest.heading, page_of(bundle, exercise)),
      style.width);
  if (over) {
    text +=
        fmt::format("  see   ./workbook solution {} --anyway\n", exercise.id());
  }
  return text;
}

}  // namespace

int hint(const Context& context, const Words& words) {
  if (words.size() != 1) throw UsageError("hint: for which exercise?");
  const Bundle bundle = context.read(words[0]);
  const Exercise& exercise = bundle.find(words[0]);
  if (exercise.manifest.hints[0].empty()) {
    fmt::print("{} is complete as it comes: run it, read it, change it.\n",
               exercise.id());
    return kOk;
  }
  Progress progress = read_progress(bundle);
  Remembered remembered = progress.of(exercise.key());
  const int most = static_cast<int>(exercise.manifest.hints.size());
  const bool over = remembered.hints >= most;
  remembered.hints = std::min(remembered.hints + 1, most);
  fmt::print("{}", hints_text(bundle, exercise,
                              static_cast<std::size_t>(remembered.hints), over,
                              terminal_style()));
  if (!over) {
    progress.set(exercise.key(), remembered);
    progress.write();
  }
  return kOk;
}

}  // namespace grader
