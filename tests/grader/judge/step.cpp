#include "tests/grader/judge/step.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <tuple>

#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

// A step works in virtual time: in a second it has done all, or never will.
constexpr auto kStepTime = std::chrono::seconds(5);
// Of a program that prints on and on.
constexpr std::size_t kMostMore = 12;

// A line of setup.txt is a key, a space and a value:
//
//   root /home/ada/workbook
//   build /home/ada/workbook/build/steps
//   compiler /usr/bin/c++
//   plain FLAG                       for "run"; as many as there are
//   watched FLAG                     for "check", with sanitizers
//   link FLAG
//   library 02_event_loop FILE       what a step of this chapter is linked with
//
// The root and the compiler of bundle.json come first.
void read_setup(const std::string& text, Bundle& bundle) {
  StepTools& tools = bundle.step_tools;
  for (const std::string& line : split_lines(text)) {
    const std::size_t space = line.find(' ');
    const std::string key = line.substr(0, space);
    const std::string value =
        space == std::string::npos ? "" : line.substr(space + 1);
    if (key == "root" && bundle.root.empty()) bundle.root = value;
    if (key == "build") tools.build = value;
    if (key == "compiler" && bundle.compiler.empty()) bundle.compiler = value;
    if (key == "plain") tools.plain.push_back(value);
    if (key == "watched") tools.watched.push_back(value);
    if (key == "link") tools.link.push_back(value);
    if (key == "library") {
      const std::size_t end = value.find(' ');
      tools.libraries[value.substr(0, end)].push_back(value.substr(end + 1));
    }
  }
}

Exercise read_step(const Bundle& bundle, const fs::path& manifest) {
  Exercise step;
  step.manifest = parse_step(read_file(manifest), manifest);
  const std::string name = manifest.stem().string();
  const std::string& chapter = step.manifest.chapter;
  step.learner = fmt::format("chapters/{}/steps/{}.cpp", chapter, name);
  step.starter = manifest.parent_path() / "starter.cpp";
  step.solution =
      bundle.root / "solutions" / chapter / "steps" / (name + ".cpp");
  step.transcript = (bundle.root / step.learner).replace_extension(".txt");
  const auto libraries = bundle.step_tools.libraries.find(chapter);
  if (libraries != bundle.step_tools.libraries.end()) {
    step.libraries = libraries->second;
  }
  return step;
}

// Does the word name the step with this manifest: 2.3, or
// 02_event_loop/3_rounds?
bool names_step(const std::string& word, const fs::path& manifest) {
  const std::string chapter =
      manifest.parent_path().parent_path().filename().string();
  const std::string name = manifest.stem().string();
  return word == chapter + "/" + name ||
         word == fmt::format("{}.{}", std::atoi(chapter.c_str()),
                             std::atoi(name.c_str()));
}

// "FILE:1453: TYPE std::deque<_Tp, _Alloc>::front() [with ...]: Assertion
// '!this->empty()' failed." is long: from the function's name on.
std::string without_types(const std::string& line) {
  const std::size_t assertion = line.find(": Assertion '");
  if (assertion == std::string::npos) return line;
  const std::size_t end = std::min(line.find(" ["), assertion);
  const std::size_t name = line.rfind("::", line.rfind('(', end));
  if (name == std::string::npos) return line;
  return line.substr(name + 2, end - name - 2) + line.substr(assertion);
}

// The program's own lines, before a sanitizer's report.
std::vector<std::string> before_report(const std::string& output) {
  std::vector<std::string> lines = split_lines(output);
  const auto report =
      std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return line.starts_with("=====") ||
               line.find("AddressSanitizer:") != std::string::npos ||
               line.find(": runtime error: ") != std::string::npos;
      });
  lines.erase(report, lines.end());
  return lines;
}

// The last of them.
std::string last_words(const std::string& output, const Style& style) {
  constexpr std::size_t kMost = 4;
  const std::vector<std::string> lines = before_report(output);
  std::string text;
  const std::size_t first = lines.size() > kMost ? lines.size() - kMost : 0;
  if (first > 0) text += "  | ...\n";
  for (std::size_t i = first; i < lines.size(); ++i) {
    const std::string line = readable(without_types(lines[i]));
    text += fmt::format("  | {}\n", first_columns(line, style.width - 4));
  }
  return text;
}

}  // namespace

void read_steps(const fs::path& setup, Bundle& bundle,
                const std::string& only) {
  try {
    read_setup(read_file(setup), bundle);
  } catch (const std::system_error& error) {
    throw GraderError(
        fmt::format("{}; './workbook check 2.1' builds it, or: cmake -B build",
                    error.what()));
  }
  const fs::path folder = bundle.root / "tests" / "steps";
  if (!fs::exists(folder)) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".ini") continue;
    try {
      bundle.steps.push_back(read_step(bundle, entry.path()));
    } catch (const ManifestError&) {
      if (only.empty() || names_step(only, entry.path())) throw;
    }
  }
  std::sort(bundle.steps.begin(), bundle.steps.end(),
            [](const Exercise& a, const Exercise& b) {
              return std::tie(a.manifest.chapter, a.manifest.step) <
                     std::tie(b.manifest.chapter, b.manifest.step);
            });
}

std::string transcript_of(const Exercise& step) {
  std::string text;
  try {
    text = read_file(step.transcript);
  } catch (const std::system_error& error) {
    throw GraderError(error.what());
  }
  const std::string first = fmt::format("$ {}\n", step.id());
  if (!text.starts_with(first)) {
    throw GraderError(fmt::format("{}:1: expected: $ {}",
                                  step.transcript.string(), step.id()));
  }
  return text.substr(first.size());
}

fs::path program_of(const Bundle& bundle, const Exercise& step,
                    const std::string& name) {
  return bundle.step_tools.build / step.manifest.chapter /
         fs::path(step.learner).stem() / name;
}

Compiled compile_step(const Bundle& bundle, const Exercise& step,
                      const fs::path& program, bool watched) {
  const StepTools& tools = bundle.step_tools;
  fs::create_directories(program.parent_path());
  // Two checks at the same time must not write into each other's program.
  const fs::path fresh = program.string() + "-" + std::to_string(::getpid());
  std::vector<std::string> more = step.libraries;
  more.insert(more.end(), tools.link.begin(), tools.link.end());
  more.insert(more.end(), {"-o", fresh.string()});
  Compiled compiled = call_compiler(
      bundle, step.learner, watched ? tools.watched : tools.plain, more);
  if (compiled) fs::rename(fresh, program);
  return compiled;
}

Result run_step(const fs::path& program) {
  const ScratchDirectory scratch;
  // For the place of an exception that nothing catches, say, or of a loop that
  // does not end. On a stack that overflows, the search for room among the
  // places of local variables takes most of the time: so a few of them.
  Request request =
      watched_request(":handle_abort=1:max_uar_stack_size_log=16");
  request.asked_where = true;
  request.program = program;
  request.output = Output::as_terminal;
  request.directory = scratch.path();
  request.timeout = kStepTime;
  request.most_output = 64U << 10U;
  request.limits.file_size = 16U << 20U;
  return run(request);
}

StepVerdict check_step(const Bundle& bundle, const Exercise& step) {
  StepVerdict verdict;
  verdict.step = &step;
  verdict.untouched = is_untouched(bundle, step);
  verdict.expected = transcript_of(step);
  const fs::path program = program_of(bundle, step, "attempt");
  verdict.compiled = compile_step(bundle, step, program, true);
  if (!verdict.compiled) return verdict;
  const Result result = run_step(program);
  verdict.finding = find_in(result.out, step.learner, true);
  if (result.timed_out || result.too_much_output) {
    verdict.ended = ending(CaseRun{{}, {}, result});
    for (const std::string& line : before_report(result.out)) {
      verdict.got += line + '\n';
    }
  } else {
    verdict.got = as_shown(result);
  }
  return verdict;
}

std::string state_of(const StepVerdict& verdict) {
  if (verdict.untouched && !verdict.step->manifest.given) return "not started";
  if (!verdict.compiled) return "does not compile";
  return verdict.passed() ? "done" : "not yet";
}

std::string story_of(const StepVerdict& verdict, const Style& style) {
  const Exercise& step = *verdict.step;
  if (!verdict.compiled) return narrative(step, verdict.compiled, style);
  std::string text;
  if (!verdict.compiled.messages.empty()) {
    text += compiler_warns(verdict.compiled.messages, style);
  }
  const bool passed = verdict.passed();
  std::string head = two_sides(step.id() + ": " + step.manifest.title,
                               state_of(verdict), style);
  head.pop_back();
  text += (passed ? style.good(head) : style.bad(head)) + "\n";
  if (passed) {
    if (step.manifest.given) {
      return text +
             fmt::format("  Run it, read it, change it: {}\n", step.learner);
    }
    return text + fmt::format("  ours  ./workbook solution {}\n", step.id());
  }
  if (verdict.untouched && !step.manifest.given) {
    text += fmt::format("  Open {}:{}. So far it does this:\n", step.learner,
                        todo_line(step));
  }
  std::string why = step.manifest.cases.front().why;
  Finding finding = verdict.finding.value_or(Finding());
  std::string read;
  if (verdict.finding && verdict.ended.empty()) {
    why = finding.why;
    read = read_of_trap(finding.trap, step.manifest.chapter_number(), style);
    text += last_words(verdict.got, style) + told_finding(finding, "> ", style);
  } else {
    const auto expected = split_lines(verdict.expected);
    auto got = split_lines(verdict.got);
    got.resize(std::min(got.size(), expected.size() + kMostMore));
    text += line_diff(expected, got, expected, got, 2);
    read = read_of_mistake(verdict.got, style);
    if (read == read_of_mistake(verdict.expected, style)) read.clear();
    if (!verdict.ended.empty()) {
      why = kNeverEnds;
      finding.what = "it was " + verdict.ended;
      text += told_finding(finding, "> ", style);
    }
  }
  if (!why.empty()) text += wrapped("  why   ", why, style.width);
  return text + read + directions(step, style);
}

}  // namespace grader
