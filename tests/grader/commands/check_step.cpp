// check and run, for one step of a climb.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "common/unique_fd.hpp"
#include "tests/grader/commands/record.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/step.hpp"

namespace grader {

void show(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

std::string story_and_next(const Bundle& bundle, const StepVerdict& verdict,
                           const Style& style) {
  std::string text = story_of(verdict, style);
  if (!verdict.passed()) return text;
  // Within the chapter: behind its last step come its exercises.
  const Manifest& manifest = verdict.step->manifest;
  const auto next = std::find_if(
      bundle.steps.begin(), bundle.steps.end(), [&](const Exercise& other) {
        return other.manifest.chapter == manifest.chapter &&
               other.manifest.step > manifest.step;
      });
  return next == bundle.steps.end() ? text : text + next_text(*next);
}

int check_one_step(const Bundle& bundle, const Exercise& step,
                   const Style& style) {
  const StepVerdict verdict = check_step(bundle, step);
  remember(bundle, verdict);
  show(story_and_next(bundle, verdict, style));
  return verdict.passed() ? kOk : kFailed;
}

int run_one_step(const Context& context, const Words& words) {
  if (words.empty()) throw UsageError("run: which step?");
  const Bundle bundle = context.read(words[0]);
  const Exercise& step = bundle.find(words[0]);
  const auto program = program_of(bundle, step, "program");
  const Compiled compiled = compile_step(bundle, step, program, false);
  if (!compiled) {
    fmt::print(stderr, "{}", narrative(step, compiled, terminal_style()));
    return kFailed;
  }
  if (!compiled.messages.empty()) {
    fmt::print(stderr, "{}",
               compiler_warns(compiled.messages, terminal_style()));
  }
  if (step.manifest.given) {
    StepVerdict seen;
    seen.step = &step;
    seen.got = seen.expected;
    remember(bundle, seen);
  }
  Words arguments = words;
  arguments[0] = program.string();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  common::throw_errno("execv(" + program.string() + ")");
}

}  // namespace grader
