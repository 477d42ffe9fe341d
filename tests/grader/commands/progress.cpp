#include "tests/grader/commands/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/learner.hpp"

namespace grader {

namespace {

struct Sum {
  int done = 0;
  int exercises = 0;
  int points = 0;
  int of = 0;
  int steps_done = 0;
  int steps = 0;
};

// The sum for a chapter; for all of them, if `chapter` is empty.
Sum sum_of(const Bundle& bundle, const Progress& progress,
           const std::string& chapter) {
  Sum sum;
  for (const Exercise* const one : bundle.all()) {
    const Exercise& exercise = *one;
    if (!chapter.empty() && exercise.manifest.chapter != chapter) continue;
    const Remembered remembered = progress.of(exercise.key());
    if (exercise.is_step()) {
      ++sum.steps;
      if (remembered.passed) ++sum.steps_done;
      continue;
    }
    ++sum.exercises;
    if (remembered.passed) ++sum.done;
    sum.points += points_of(exercise, remembered);
    sum.of += exercise.manifest.points;
  }
  return sum;
}

}  // namespace

int points_of(const Exercise& exercise, const Remembered& remembered) {
  const int all = exercise.manifest.points;
  return remembered.passed ? all : std::min(remembered.points, all);
}

const Exercise* next_exercise(const Bundle& bundle, const Progress& progress) {
  const Exercise* first = nullptr;
  for (const Exercise* const exercise : bundle.all()) {
    if (progress.of(exercise->key()).passed) continue;
    if (!is_untouched(bundle, *exercise)) return exercise;
    if (!first) first = exercise;
  }
  return first;
}

std::string total_text(const Bundle& bundle, const Progress& progress,
                       bool terminal) {
  const Sum sum = sum_of(bundle, progress, "");
  constexpr std::size_t kWidth = 20;
  return fmt::format("{}{}, {} of {} exercise{}{}\n",
                     terminal ? bar(static_cast<std::size_t>(sum.points),
                                    static_cast<std::size_t>(sum.of), kWidth) +
                                    " "
                              : "",
                     points_text(sum.points, sum.of), sum.done, sum.exercises,
                     sum.exercises == 1 ? "" : "s",
                     sum.steps == 0
                         ? ""
                         : fmt::format(", {} of {} step{}", sum.steps_done,
                                       sum.steps, sum.steps == 1 ? "" : "s"));
}

std::string progress_text(const Bundle& bundle, const Progress& progress,
                          const Style& style, bool terminal) {
  const auto row = [](const std::string& chapter, const std::string& steps,
                      const std::string& done, const std::string& points,
                      const std::string& next) {
    return fmt::format("  {:<22}{:>8}{:>11}{:>11}   {}", chapter, steps, done,
                       points, next);
  };
  std::string text =
      style.bold(row("chapter", "steps", "exercises", "points", "next")) + "\n";
  std::string chapter;
  const std::vector<const Exercise*> all = bundle.all();
  for (const Exercise* const exercise : all) {
    const std::string& its = exercise->manifest.chapter;
    if (its == chapter) continue;
    chapter = its;
    const Sum sum = sum_of(bundle, progress, chapter);
    const auto open =
        std::find_if(all.begin(), all.end(), [&](const Exercise* one) {
          return one->manifest.chapter == its &&
                 !progress.of(one->key()).passed;
        });
    const auto count = [](int part, int of) {
      return of == 0 ? "-" : fmt::format("{} of {}", part, of);
    };
    const bool done = open == all.end();
    const std::string line =
        row(fmt::format("{}  {}", its.substr(0, 2), its.substr(3)),
            count(sum.steps_done, sum.steps), count(sum.done, sum.exercises),
            count(sum.points, sum.of), done ? "-" : (*open)->id());
    text += (done ? style.good(line) : line) + "\n";
  }
  text += "\n" + total_text(bundle, progress, terminal);
  const Exercise* const next = next_exercise(bundle, progress);
  return text + (next ? next_text(*next) : "All done.\n");
}

int progress(const Context& context, const Words& words) {
  if (!words.empty()) throw UsageError("progress: it takes no argument");
  const Bundle bundle = context.read("");
  if (bundle.all().empty()) throw GraderError("there are no exercises yet");
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  fmt::print("{}", progress_text(bundle, read_progress(bundle),
                                 terminal_style(), terminal));
  return kOk;
}

}  // namespace grader
