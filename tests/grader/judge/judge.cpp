#include "tests/grader/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/random_story.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

// Long enough for a compiler on the slowest of machines.
constexpr auto kCompileTime = std::chrono::seconds(120);

// The first error, and the line of the learner's file that it is about: on the
// same line ("FILE:12:5: error: ...") or near ("FILE:12:5:   required from
// here").
void find_error(Compiled& result, const std::string& source) {
  constexpr std::string_view kError = "error: ";
  for (const std::string& message : split_lines(result.messages)) {
    const std::size_t error = message.find(kError);
    const std::size_t place = message.find(source + ":");
    if (result.error.empty() && error != std::string::npos) {
      result.error = message.substr(error + kError.size());
    }
    if (place == std::string::npos) continue;
    const int line = std::atoi(message.c_str() + place + source.size() + 1);
    if (line <= 0) continue;
    if (result.line == 0) result.line = line;
    if (error == std::string::npos) continue;
    result.line = line;
    result.error = message.substr(error + kError.size());
    return;
  }
}

// No regular expressions here: the library's match by recursion, and a student
// chooses how long a name is.

// The text in quotes after `before`, on one line.
std::optional<std::string> quoted_after(std::string_view text,
                                        std::string_view before) {
  for (std::size_t at = text.find(before); at != std::string_view::npos;
       at = text.find(before, at + 1)) {
    const std::string_view rest = text.substr(at + before.size());
    if (rest.find_first_of("`'\"") != 0) continue;
    const std::size_t end = rest.find_first_of("'\"\n", 1);
    if (end == std::string_view::npos || end == 1 || rest[end] == '\n')
      continue;
    return std::string(rest.substr(1, end - 1));
  }
  return {};
}

// The rest of the line after `before`.
std::optional<std::string> rest_after(std::string_view text,
                                      std::string_view before) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  text = text.substr(0, text.find('\n'));
  if (text.empty()) return {};
  return std::string(text);
}

// "NAME", referenced from:
std::optional<std::string> referenced(std::string_view text) {
  constexpr std::string_view kFrom = "\", referenced from:";
  const std::size_t end = text.find(kFrom);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end);
  const std::size_t begin = text.rfind('"');
  if (begin == std::string_view::npos || begin + 1 == end) return {};
  return std::string(text.substr(begin + 1));
}

// GNU ld and gold; mold and lld; Apple's.
std::optional<std::string> missing_name(std::string_view messages) {
  if (auto name = quoted_after(messages, "undefined reference to "))
    return name;
  if (auto name = rest_after(messages, "undefined symbol: ")) return name;
  return referenced(messages);
}

std::optional<std::string> name_found_twice(std::string_view messages) {
  if (auto name = quoted_after(messages, "multiple definition of "))
    return name;
  if (auto name = quoted_after(messages, "duplicate symbol ")) return name;
  // lld names files in front of it.
  auto name = rest_after(messages, "duplicate symbol: ");
  if (!name) return {};
  const std::size_t files = name->rfind(": ");
  if (files != std::string::npos && files + 2 < name->size()) {
    name->erase(0, files + 2);
  }
  return name;
}

// The messages, without what a compiler that failed says to its own authors:
// that it has failed, a request for a report, and a picture of its memory.
std::string without_requests(const std::string& messages) {
  std::size_t end = messages.size();
  for (const char* const words :
       {"Please submit a", "PLEASE submit a",
        "Stack dump:", " signal terminated program "}) {
    end = std::min(end, messages.find(words));
  }
  if (end == messages.size()) return messages;
  const std::size_t line = messages.rfind('\n', end);
  return messages.substr(0, line == std::string::npos ? 0 : line + 1);
}

// Has the system, or a fault of the compiler itself, ended the compiler? Its
// driver tells of it in words.
Compiled::Failure ended_early(const std::string& messages, std::string& what) {
  const auto said = [&](std::string_view words) {
    return messages.find(words) != std::string::npos;
  };
  if (said("Killed signal terminated program")) {
    return Compiled::Failure::killed;
  }
  if (said("CPU time limit exceeded signal terminated program")) {
    what = "because it computed for too long";
    return Compiled::Failure::stopped;
  }
  if (said("File size limit exceeded signal terminated program")) {
    what = "because it wrote too large a file";
    return Compiled::Failure::stopped;
  }
  if (said(": out of memory allocating ") || said("virtual memory exhausted") ||
      said("LLVM ERROR: out of memory")) {
    what = "because it needed more memory than there is";
    return Compiled::Failure::stopped;
  }
  if (said(": internal compiler error: ") ||
      said(" signal terminated program ") ||
      said("PLEASE submit a bug report")) {
    return Compiled::Failure::compiler_failed;
  }
  return Compiled::Failure::none;
}

// The limit at which a compiler was stopped, in words; empty if at none.
std::string reached_limit(const Result& result, const Request& request) {
  if (result.too_much_memory) {
    return fmt::format("when it used more than {} MB of memory",
                       result.limits.memory >> 20U);
  }
  if (result.too_much_disk) {
    return fmt::format("when it filled more than {} MB of disk",
                       result.disk_limit >> 20U);
  }
  if (result.too_much_output) {
    return fmt::format("after {} MB of messages", request.most_output >> 20U);
  }
  if (result.killed_by == SIGXCPU) {
    return fmt::format("after {} seconds of computing",
                       result.limits.cpu.count());
  }
  if (result.timed_out) {
    return fmt::format(
        "after {} seconds",
        std::chrono::ceil<std::chrono::seconds>(request.timeout).count());
  }
  return {};
}

}  // namespace

Compiled call_compiler(const Bundle& bundle, const fs::path& source,
                       const std::vector<std::string>& flags,
                       const std::vector<std::string>& more,
                       const Runner& runner) {
  Request request;
  request.program = bundle.compiler;
  request.directory = bundle.root;
  request.timeout = kCompileTime;
  request.output = Output::as_terminal;
  request.arguments = flags;
  request.arguments.push_back(source.string());
  request.arguments.insert(request.arguments.end(), more.begin(), more.end());
  Result result;
  try {
    result = runner(request);
  } catch (const std::system_error& error) {
    throw GraderError(
        fmt::format("{}; './workbook doctor' tells what is "
                    "missing",
                    error.what()));
  }
  if (std::string limit = reached_limit(result, request); !limit.empty()) {
    Compiled stopped;
    stopped.failure = Compiled::Failure::stopped;
    stopped.what = std::move(limit);
    stopped.messages = without_requests(result.out.substr(0, 64U << 10U));
    return stopped;
  }
  if (result.killed_by) {
    Compiled killed;
    killed.failure = Compiled::Failure::killed;
    return killed;
  }
  if (result.exit_status != 0) {
    return explain_messages(result.out, source.string());
  }
  Compiled compiled;
  compiled.messages = result.out;  // warnings
  return compiled;
}

std::string in_words(const Limits& limits) {
  return fmt::format(
      "{} s, {} s of computing, {} MB",
      std::chrono::duration_cast<std::chrono::seconds>(limits.wall).count(),
      limits.cpu.count(), limits.memory >> 20U);
}

Compiled explain_messages(const std::string& messages,
                          const std::string& source) {
  Compiled result;
  result.messages = messages;
  result.failure = ended_early(messages, result.what);
  find_error(result, source);
  if (result.failure != Compiled::Failure::none) {
    result.messages = without_requests(messages);
    return result;
  }
  const auto missing = missing_name(messages);
  const auto twice = name_found_twice(messages);
  if (twice) {
    result.failure = Compiled::Failure::defines_twice;
    result.what = *twice == "_main" ? "main" : *twice;
  } else if (missing) {
    result.failure = Compiled::Failure::lacks_definitions;
    result.what = *missing;
  } else {
    result.failure = Compiled::Failure::does_not_compile;
  }
  return result;
}

bool is_utf16(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  // Without a mark: every other byte of plain letters is zero.
  constexpr std::size_t kEnough = 16;
  if (text.size() < kEnough) return false;
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < kEnough; ++i)
    zeros[i % 2] += text[i] == 0 ? 1U : 0U;
  return (zeros[0] == 0 && zeros[1] == kEnough / 2) ||
         (zeros[1] == 0 && zeros[0] == kEnough / 2);
}

Compiled compile(const Bundle& bundle, const Exercise& exercise,
                 const fs::path& source, const fs::path& program,
                 const Runner& runner, const Watch* watch) {
  std::vector<std::string> more =
      watch ? exercise.watched_probe.at(watch->name) : exercise.probe;
  for (const auto* const part : {&bundle.link_flags, &exercise.libraries}) {
    more.insert(more.end(), part->begin(), part->end());
  }
  more.insert(more.end(), {"-o", program.string()});
  return call_compiler(bundle, source,
                       watch ? watch->compile_flags : bundle.compile_flags,
                       more, runner);
}

Compiled compile_object(const Bundle& bundle, const fs::path& source,
                        const fs::path& object) {
  return call_compiler(bundle, source, bundle.compile_flags,
                       {"-c", "-o", object.string()});
}

std::vector<Line> parse_report(const std::string& report) {
  std::vector<Line> lines;
  std::string why;
  for (std::string& text : split_lines(report)) {
    Line line;
    const std::size_t tab = text.find('\t');
    const std::string kind = text.substr(0, tab);
    const std::string rest =
        tab == std::string::npos ? "" : text.substr(tab + 1);
    if (kind == "why" && tab != std::string::npos) {
      why = rest;
      continue;
    }
    if (kind == "step" && tab != std::string::npos) {
      line = {Line::Kind::step, rest, "", why};
    } else if (const std::size_t second = rest.find('\t');
               kind == "see" && second != std::string::npos) {
      line = {Line::Kind::see, rest.substr(0, second), rest.substr(second + 1),
              why};
    } else if (text == "end") {
      line = {Line::Kind::end, "", "", why};
    } else {
      line = {Line::Kind::other, std::move(text), "", why};
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

bool CaseRun::ended() const {
  return !lines.empty() && lines.back().kind == Line::Kind::end;
}
bool CaseRun::in_order() const {
  return ended() && process.exit_status == 0 && !process.killed_by &&
         !process.timed_out && !process.too_much_output &&
         !process.too_much_memory && !process.too_much_disk;
}

namespace {

// Has the dynamic loader ended the program before its first line? It does so on
// a machine that is short of memory for a moment.
bool not_loaded(const Result& result) {
  return result.exit_status == 127 && result.report.empty() &&
         result.out.find("error while loading shared libraries") !=
             std::string::npos;
}

CaseRun run_with(Request request, const fs::path& program,
                 const std::string& name, std::uint64_t seed,
                 const Limits& limits, const Runner& runner) {
  const ScratchDirectory scratch;
  request.program = program;
  request.arguments = {"--case", name, "--seed", std::to_string(seed)};
  request.clear_environment = true;
  request.output = Output::as_terminal;
  request.directory = scratch.path();
  request.timeout = limits.wall;
  request.most_output = limits.output;
  request.report = true;
  request.limits.cpu = limits.cpu;
  request.limits.memory = limits.memory;
  request.limits.file_size = 16U << 20U;
  CaseRun result;
  result.process = runner(request);
  for (int again = 0; again < 3 && not_loaded(result.process); ++again) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    result.process = runner(request);
  }
  if (result.process.too_much_output) {
    // However fast we have read: the same to the byte.
    Result& process = result.process;
    process.out.resize(std::min(
        process.out.size(),
        limits.output - std::min(limits.output, process.report.size())));
  }
  result.lines = parse_report(result.process.report);
  return result;
}

}  // namespace

CaseRun run_case(const fs::path& program, const std::string& name,
                 std::uint64_t seed, const Limits& limits,
                 const Runner& runner) {
  return run_with({}, program, name, seed, limits, runner);
}

// The exit status of a program in which a sanitizer has found something.
constexpr int kFoundStatus = 86;

Request watched_request(std::string_view more_for_memory) {
  Request request;
  request.clear_environment = true;
  request.environment = {
      {"ASAN_OPTIONS",
       fmt::format(
           "detect_leaks=0:detect_stack_use_after_return=1:exitcode={}{}",
           kFoundStatus, more_for_memory)},
      {"UBSAN_OPTIONS", "print_stacktrace=1"},
      // One thread may take two locks in both orders; races are what counts.
      {"TSAN_OPTIONS",
       fmt::format("halt_on_error=1:report_signal_unsafe=0:detect_deadlocks=0:"
                   "exitcode={}",
                   kFoundStatus)}};
  request.plain_addresses = true;
  return request;
}

CaseRun run_watched_case(const fs::path& program, const std::string& name,
                         std::uint64_t seed, const Limits& limits,
                         const std::string& source, const Runner& runner) {
  Limits wider = limits;
  wider.memory = 0;  // they reserve terabytes
  CaseRun result =
      run_with(watched_request(), program, name, seed, wider, runner);
  result.finding = find_in(result.process.out, source);
  const bool hidden =
      result.process.exit_status == kFoundStatus &&
      result.process.out.find("stack-overflow") == std::string::npos;
  if (!result.finding && hidden) {
    result.finding = {"a sanitizer ended it, and its report is not there",
                      {},
                      "what a sanitizer says belongs on standard error"};
  }
  return result;
}

CaseRun run_reference(const Exercise& exercise, const std::string& name,
                      std::uint64_t seed, const Limits& limits,
                      const Runner& runner) {
  CaseRun expected;
  try {
    expected = run_case(exercise.reference, name, seed, limits, runner);
  } catch (const std::system_error& error) {
    throw GraderError(
        fmt::format("{}; to build it: cmake --build build --target exercise_{}",
                    error.what(), exercise.id()));
  }
  if (!expected.in_order()) {
    throw GraderError(fmt::format(
        "our own solution of {}, case {}, seed {}, is not in order: {}",
        exercise.id(), name, seed, as_shown(expected.process)));
  }
  return expected;
}

int Verdict::points() const {
  return std::accumulate(
      cases.begin(), cases.end(), 0,
      [](int sum, const CaseVerdict& one) { return sum + one.points(); });
}
bool Verdict::passed() const { return failures() == 0; }
std::size_t Verdict::failures() const {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(),
                    [](const CaseVerdict& one) { return !one.passed(); }));
}

CaseVerdict compare_case(const CaseInfo& info, CaseRun expected, CaseRun got) {
  CaseVerdict verdict{info, std::move(expected), std::move(got), {}};
  const auto& wanted = verdict.expected.lines;
  const auto& found = verdict.got.lines;
  const auto [at, other] =
      std::mismatch(wanted.begin(), wanted.end(), found.begin(), found.end());
  if (at != wanted.end() || other != found.end() || !verdict.got.in_order() ||
      verdict.got.finding) {
    verdict.difference = static_cast<std::size_t>(at - wanted.begin());
  }
  return verdict;
}

CaseVerdict judge_case(const Exercise& exercise, const fs::path& program,
                       const CaseInfo& info, std::uint64_t seed,
                       const Limits& limits, const Runner& runner) {
  const auto compare = [&](const Runner& ours, const Runner& theirs) {
    return compare_case(info,
                        run_reference(exercise, info.name, seed, limits, ours),
                        run_case(program, info.name, seed, limits, theirs));
  };
  return with_shortest_story(compare, runner);
}

CaseVerdict judge_watched_case(const Exercise& exercise,
                               const fs::path& program,
                               const std::string& source, const CaseInfo& info,
                               std::uint64_t seed, const Limits& limits,
                               const Runner& runner) {
  const auto compare = [&](const Runner& ours, const Runner& theirs) {
    CaseRun got =
        run_watched_case(program, info.name, seed, limits, source, theirs);
    // It is slower and needs more of everything: only a finding counts.
    if (!got.finding) return CaseVerdict{info, {}, {}, std::nullopt};
    return compare_case(info,
                        run_reference(exercise, info.name, seed, limits, ours),
                        std::move(got));
  };
  return with_shortest_story(compare, runner);
}

Verdict judge(const Bundle& bundle, const Exercise& exercise,
              const fs::path& program, std::uint64_t seed, Limits limits) {
  if (bundle.sanitized) limits.memory = 0;  // they reserve terabytes
  Verdict verdict;
  for (const CaseInfo& info : exercise.manifest.cases) {
    verdict.cases.push_back(judge_case(exercise, program, info, seed, limits));
  }
  return verdict;
}

void judge_watched(const Exercise& exercise, const fs::path& program,
                   const std::string& source, Verdict& verdict,
                   std::uint64_t seed, Limits limits) {
  for (CaseVerdict& one : verdict.cases) {
    if (!one.passed()) continue;
    CaseVerdict watched =
        judge_watched_case(exercise, program, source, one.info, seed, limits);
    if (!watched.passed()) one = std::move(watched);
  }
}

}  // namespace grader
