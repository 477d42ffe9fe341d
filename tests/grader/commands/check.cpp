// check [--fast] [--all] [id|chapter]: judges a learner's files and tells the
// story.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "tests/grader/commands/record.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/step.hpp"

namespace grader {

namespace {

// One line about an exercise, when there are several.
std::string summary(const Judged& judged, const Style& style) {
  const Exercise& exercise = *judged.exercise;
  const int of = exercise.manifest.points;
  std::string right = points_text(judged.points(), of);
  if (judged.untouched) {
    right = "not started";
  } else if (!judged.compiled) {
    right = "does not compile, " + right;
  }
  std::string line =
      two_sides(exercise.id() + ": " + exercise.manifest.title, right, style);
  line.pop_back();
  return (judged.passed() ? style.good(line) : style.bad(line)) + "\n";
}

struct How {
  bool fast = false;  // without sanitizers, and a pass is not remembered
  Stories stories = Stories::first;
};

void remember_if_sure(const Bundle& bundle, const Judged& judged,
                      const How& how) {
  if (!how.fast || !judged.passed()) remember(bundle, judged);
}

int check_one(const Bundle& bundle, const Exercise& exercise,
              const Style& style, const How& how) {
  Judged judged = judge_learner(bundle, exercise);
  show(story_of(judged, style, how.stories));
  const int points = judged.points();
  if (!how.fast && watch_learner(bundle, judged)) {
    if (judged.points() < points) {
      show("\nThe same under sanitizers:\n\n" +
           narrative(exercise, judged.verdict, style, how.stories));
    } else {
      show("The sanitizers found nothing.\n");
    }
  }
  remember_if_sure(bundle, judged, how);
  return judged.passed() ? kOk : kFailed;
}

std::string summary(const StepVerdict& verdict, const Style& style) {
  const Exercise& step = *verdict.step;
  std::string line = two_sides(step.id() + ": " + step.manifest.title,
                               state_of(verdict), style);
  line.pop_back();
  return (verdict.passed() ? style.good(line) : style.bad(line)) + "\n";
}

int check_several(const Bundle& bundle, const std::vector<const Exercise*>& all,
                  const Style& style, const How& how) {
  std::vector<const Exercise*> exercises;
  std::optional<StepVerdict> first_step;
  for (const Exercise* const one : all) {
    if (!one->is_step()) {
      exercises.push_back(one);
      continue;
    }
    StepVerdict verdict = check_step(bundle, *one);
    remember(bundle, verdict);
    show(summary(verdict, style));
    if (!verdict.passed() &&
        (!first_step || (first_step->untouched && !verdict.untouched))) {
      first_step = std::move(verdict);
    }
  }
  std::optional<Judged> first;
  int points = 0;
  int of = 0;
  for (const Exercise* const exercise : exercises) {
    Judged judged = judge_learner(bundle, *exercise);
    if (!how.fast) watch_learner(bundle, judged);
    remember_if_sure(bundle, judged, how);
    show(summary(judged, style));
    points += judged.points();
    of += exercise->manifest.points;
    // An exercise that was begun comes before one that was never opened.
    if (!judged.passed() &&
        (!first || (first->untouched && !judged.untouched))) {
      first = std::move(judged);
    }
  }
  if (of > 0) show(two_sides("", points_text(points, of), style));
  if (!first && !first_step) return kOk;
  // A step comes before an exercise, unless only the exercise was begun.
  const bool step =
      first_step && (!first || !first_step->untouched || first->untouched);
  show("\n" + (step ? story_of(*first_step, style)
                    : story_of(*first, style, how.stories)));
  return kFailed;
}

int check_one_of_all(const Bundle& bundle, const Exercise& one,
                     const Style& style, const How& how) {
  return one.is_step() ? check_one_step(bundle, one, style)
                       : check_one(bundle, one, style, how);
}

// The steps and exercises that the learner has begun.
std::vector<const Exercise*> touched(const Bundle& bundle) {
  std::vector<const Exercise*> result;
  for (const Exercise* const one : bundle.all()) {
    if (!is_untouched(bundle, *one)) result.push_back(one);
  }
  return result;
}

}  // namespace

int check(const Context& context, const Words& all_words) {
  Words words = all_words;
  How how;
  how.fast = std::erase(words, "--fast") > 0;
  if (std::erase(words, "--all") > 0) how.stories = Stories::all;
  if (words.size() > 1) {
    throw UsageError("check: one step, exercise or chapter");
  }
  if (!words.empty() && words[0].starts_with("-")) {
    throw UsageError("check: there is no option " + words[0]);
  }
  const Bundle bundle = context.read(words.empty() ? "" : words[0]);
  const Style style = terminal_style();
  // Ctrl-C also ends the program that is running.
  const InterruptScope interrupts;
  if (!words.empty()) {
    const auto chapter = of_chapter(bundle, words[0]);
    if (!chapter.empty()) return check_several(bundle, chapter, style, how);
    return check_one_of_all(bundle, bundle.find(words[0]), style, how);
  }
  const auto begun = touched(bundle);
  if (begun.size() == 1)
    return check_one_of_all(bundle, *begun.front(), style, how);
  if (!begun.empty()) return check_several(bundle, begun, style, how);
  const auto all = bundle.all();
  if (all.empty()) throw GraderError("there are no exercises yet");
  const Exercise& exercise = *all.front();
  show(
      fmt::format("Nothing is started yet. Open {}:{}, write, and then: "
                  "./workbook check {}\n",
                  exercise.learner, todo_line(exercise), exercise.id()));
  return kFailed;
}

}  // namespace grader
