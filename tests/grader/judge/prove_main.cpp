// prove: shows that the exercises judge correctly. For each of them:
//
// - the probe has the manifest's cases, and its report about our solution is
//   expected.txt; twenty seeds give different reports, and the same seed gives
//   the same report;
// - the starter, and a file with everything commented out, get no points;
// - each wrong solution loses points, and its story is wrong/MISTAKE.txt.
//
// And of a step, named 2.3, what prove_step.cpp says.
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "tests/grader/commands/options.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/own_words.hpp"
#include "tests/grader/judge/prove_step.hpp"
#include "tests/grader/judge/step.hpp"
#include "tests/grader/judge/transcript.hpp"
#include "tests/grader/judge/unwritten.hpp"

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using namespace grader;

constexpr std::uint64_t kSeeds = 20;
constexpr std::uint64_t kSeedsTwice = 3;  // to see that runs do not differ
constexpr std::size_t kLeastWrong = 3;
constexpr int kAllPoints = 100;

// Collects everything that is wrong.
class Findings {
 public:
  explicit Findings(std::string id) : id_(std::move(id)) {}
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::print("{}: {}\n", id_,
               fmt::format(format, std::forward<Args>(args)...));
    ++count_;
  }
  void check_text(const fs::path& file, const std::string& got) {
    if (!fs::exists(file)) {
      add("there is no {} (\"./workbook refresh\" writes it)", file.string());
      return;
    }
    const std::string expected = read_file(file);
    if (expected == got) return;
    add("{} says something else (\"./workbook refresh\" writes it anew):\n{}",
        file.string(), diff(expected, got));
  }
  bool none() const { return count_ == 0; }

 private:
  std::string id_;
  int count_ = 0;
};

class Proof {
 public:
  Proof(const Bundle& bundle, const Exercise& exercise, bool refresh)
      : bundle_(bundle),
        exercise_(exercise),
        refresh_(refresh),
        findings_(exercise.id()) {}

  bool run() {
    if (!check_written()) return false;
    check_inputs();
    check_cases();
    if (!findings_.none()) return false;  // the rest would only repeat it
    check_solution();
    if (!refresh_) {
      check_seeds();
      check_watched();
      check_starter();
      check_forbidden();
      check_empty();
    }
    check_wrong();
    return findings_.none();
  }

 private:
  // A line for a person to review.
  static std::string in_words(const Line& line) {
    switch (line.kind) {
      case Line::Kind::step:
        return fmt::format("step  {}\n", line.what);
      case Line::Kind::see:
        return fmt::format("see   {}:{}{}\n", line.what,
                           line.value.empty() ? "" : " ", line.value);
      case Line::Kind::end:
        return "end\n";
      case Line::Kind::other:
        break;
    }
    return fmt::format("???   {}\n", line.what);
  }

  Limits limits() const {
    Limits limits;
    if (bundle_.sanitized) limits.memory = 0;
    return limits;
  }

  void compare_or_write(const fs::path& file, const std::string& text) {
    if (!refresh_) return findings_.check_text(file, text);
    std::error_code none;
    const bool same = fs::exists(file, none) && read_file(file) == text;
    if (!same) write_file(file, text);
    fmt::print("{} {}\n", same ? "same    " : "changed ",
               fs::relative(file, bundle_.root).string());
  }

  // Are all the places filled in that ./workbook new left open?
  bool check_written() {
    const fs::path folder = exercise_.starter.parent_path();
    for (const fs::path& file :
         {folder / (exercise_.id() + ".ini"), bundle_.contract(exercise_),
          exercise_.starter, folder / "probe.cpp", exercise_.solution}) {
      const std::string shown = fs::relative(file, bundle_.root).string();
      for (const std::string& line : split_lines(still_to_write(file, shown))) {
        findings_.add("still to write: {}", line);
      }
    }
    if (findings_.none()) return true;
    check_count_of_wrong();
    return false;
  }

  void check_count_of_wrong() {
    if (exercise_.wrong.size() >= kLeastWrong) return;
    findings_.add(
        "{} wrong solutions; at least {} are needed: "
        "tests/exercises/{}/wrong/MISTAKE.cpp",
        exercise_.wrong.size(), kLeastWrong, exercise_.id());
  }

  // Compilers do not agree on which of two arguments to evaluate first.
  void check_inputs() {
    static const std::regex input(
        R"(\brun_?\.(number|numbers|milliseconds|microseconds|nanoseconds|)"
        R"(coin|word|words|name|names|pick|shuffle)\()");
    const fs::path file = exercise_.starter.parent_path() / "probe.cpp";
    const std::string text = read_file(file);
    int line = 1;
    int found = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '\n') ++line;
      if (c == ';' || c == '{' || c == '}') found = 0;
      if (c != 'r' ||
          !std::regex_search(text.begin() + static_cast<std::ptrdiff_t>(at),
                             text.end(), input,
                             std::regex_constants::match_continuous) ||
          (at > 0 && (std::isalnum(static_cast<unsigned char>(text[at - 1])) ||
                      text[at - 1] == '_'))) {
        continue;
      }
      if (++found == 2) {
        findings_.add(
            "{}:{}: two inputs in one statement: compilers differ in "
            "which comes first. Name them before",
            file.string(), line);
      }
    }
  }

  void check_cases() {
    Request request;
    request.program = exercise_.reference;
    request.arguments = {"--list"};
    std::string wanted;
    for (const CaseInfo& info : exercise_.manifest.cases) {
      wanted += info.name + "\n";
    }
    const Result result = grader::run(request);
    if (result.exit_status == 0 && result.out == wanted) return;
    findings_.add("the manifest's cases are\n{}and the probe's\n{}{}", wanted,
                  result.out, result.err);
  }

  CaseRun reference(const CaseInfo& info, std::uint64_t seed) {
    CaseRun run = run_case(exercise_.reference, info.name, seed, limits());
    if (!run.in_order()) {
      findings_.add("our solution, case {}, seed {}: {}\n{}", info.name, seed,
                    ending(run), run.process.out);
    }
    return run;
  }

  // The transcript of all cases with the visible seed.
  void check_solution() {
    std::string text;
    for (const CaseInfo& info : exercise_.manifest.cases) {
      text += fmt::format("[{}]\n", info.name);
      for (const Line& line : reference(info, kVisibleSeed).lines) {
        text += in_words(line);
      }
    }
    if (findings_.none()) compare_or_write(exercise_.transcript, text);
  }

  void check_seeds() {
    for (const CaseInfo& info : exercise_.manifest.cases) {
      std::set<std::string> observations;
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const CaseRun first = reference(info, seed);
        if (seed <= kSeedsTwice) {
          const CaseRun second = reference(info, seed);
          if (first.process.report != second.process.report) {
            findings_.add("case {}, seed {}: two runs differ:\n{}", info.name,
                          seed,
                          diff(first.process.report, second.process.report));
          }
        }
        std::string seen;
        for (const Line& line : first.lines) {
          if (line.kind == Line::Kind::see) seen += line.value + "\n";
        }
        observations.insert(seen);
      }
      if (observations.size() < 2) {
        findings_.add(
            "case {}: the observed values are the same for every seed, so "
            "they can be guessed:\n{}",
            info.name, *observations.begin());
      }
    }
  }

  // A finding in our own solution would take points from every student.
  void check_watched() {
    for (const auto& [watch, program] : exercise_.watched_reference) {
      for (const CaseInfo& info : exercise_.manifest.cases) {
        for (std::uint64_t seed = 1; seed <= kSeedsTwice; ++seed) {
          check_watched(watch, program, info, seed);
        }
      }
    }
  }
  void check_watched(const std::string& watch, const fs::path& program,
                     const CaseInfo& info, std::uint64_t seed) {
    const CaseRun run = run_watched_case(program, info.name, seed, {},
                                         exercise_.solution.string());
    if (!run.finding && run.in_order()) return;
    findings_.add(
        "our solution, case {}, seed {}, watch \"{}\": {}\n{}", info.name, seed,
        watch, run.finding ? run.finding->what : ending(run), run.process.out);
  }

  void check_starter() {
    const std::string text = read_file(exercise_.starter);
    const auto count = [&text](std::string_view word) {
      std::size_t found = 0;
      for (std::size_t at = text.find(word); at != std::string::npos;
           at = text.find(word, at + 1)) {
        ++found;
      }
      return found;
    };
    if (count("TODO") != 1) {
      findings_.add("the starter has {} TODOs; it needs one", count("TODO"));
    }
    std::size_t lines = 0;
    std::size_t code = 0;
    for (const std::string& line : split_lines(text)) {
      ++lines;
      const std::size_t begin = line.find_first_not_of(' ');
      if (begin == std::string::npos || line[begin] == '#' ||
          line.substr(begin).starts_with("//")) {
        continue;
      }
      ++code;
    }
    // Part II asks its readers to find their way in a program, and its last
    // chapter hands out a whole one.
    const std::string& chapter = exercise_.manifest.chapter;
    const std::size_t most = part_of(chapter) == 1 ? 40
                             : chapter < "13"      ? 80
                                                   : 160;
    if (lines < 20 || code > most) {
      findings_.add(
          "the starter has {} lines, {} of them code; at least 20 are needed, "
          "and of code at most {}",
          lines, code, most);
    }
    const Verdict verdict =
        judge(bundle_, exercise_, exercise_.starter_program);
    for (const CaseVerdict& one : verdict.cases) {
      if (one.passed()) {
        findings_.add("the starter passes the case {}", one.info.name);
      }
    }
  }

  // If our own files used these names, every honest answer would be flagged.
  void check_forbidden() {
    for (const fs::path& file : {exercise_.starter, exercise_.solution}) {
      for (const std::string& name :
           names_used(read_file(file), exercise_.manifest.forbids)) {
        findings_.add("{} uses {}, which the manifest forbids", file.string(),
                      name);
      }
    }
  }

  // The first line of the file is the compiler's exit status.
  void check_empty() {
    const std::string text = read_file(exercise_.link_of_nothing);
    const auto compiled = explain_messages(text, exercise_.learner);
    if (text.starts_with("linked")) {
      findings_.add("a file without definitions links");
    } else if (compiled.failure != Compiled::Failure::lacks_definitions ||
               compiled.what.find("exercises::") == std::string::npos) {
      findings_.add(
          "a file without definitions should be told what is missing; the "
          "compiler says:\n{}",
          text);
    }
  }

  Verdict judge_wrong(const WrongSolution& wrong) {
    if (wrong.watch.empty()) return judge(bundle_, exercise_, wrong.program);
    Verdict verdict;
    for (const CaseInfo& info : exercise_.manifest.cases) {
      verdict.cases.push_back({info, {}, {}, std::nullopt});
    }
    judge_watched(exercise_, wrong.program, "wrong/" + wrong.name + ".cpp",
                  verdict);
    return verdict;
  }

  void check_wrong() {
    check_count_of_wrong();
    std::map<std::string, std::string> stories;
    for (const WrongSolution& wrong : exercise_.wrong) {
      const Verdict verdict = judge_wrong(wrong);
      if (verdict.passed()) {
        findings_.add("the wrong solution {} gets all points", wrong.name);
        continue;
      }
      // Sanitizers report crashes in other words.
      if (bundle_.sanitized) continue;
      const std::string text =
          narrative(exercise_, verdict, Style{.width = 100, .colour = false});
      const auto [other, is_new] = stories.emplace(text, wrong.name);
      if (!is_new) {
        findings_.add("the wrong solutions {} and {} are told the same",
                      other->second, wrong.name);
      }
      compare_or_write(wrong.narrative, text);
    }
  }

  const Bundle& bundle_;
  const Exercise& exercise_;
  bool refresh_;
  Findings findings_;
};

// The exercises of a part have a hundred points together, and the instructor's
// page says how many each chapter has. A course may leave part II out.
void check_points_of(int part, const Bundle& bundle, Findings& findings) {
  std::map<std::string, int> chapters;
  std::map<std::string, std::string> exercises;
  int sum = 0;
  for (const Exercise& exercise : bundle.exercises) {
    const Manifest& manifest = exercise.manifest;
    if (part_of(manifest.chapter) != part) continue;
    chapters[manifest.chapter] += manifest.points;
    exercises[manifest.chapter] +=
        fmt::format(" {} {}", manifest.id, manifest.points);
    sum += manifest.points;
  }
  if (part != 1 && sum == 0) return;
  if (sum != kAllPoints) {
    std::string text;
    for (const auto& [chapter, points] : chapters) {
      text += fmt::format("\n  {:<20} {:>3}: {}", chapter, points,
                          exercises[chapter].substr(1));
    }
    findings.add(
        "the exercises{} have {} points, not {}: {}, in a case of a manifest "
        "and in its sum (tests/exercises/ID/ID.ini):{}",
        part == 1 ? "" : " from chapter 9 on", sum, kAllPoints,
        sum > kAllPoints ? fmt::format("take {} away", sum - kAllPoints)
                         : fmt::format("add {}", kAllPoints - sum),
        text);
    return;
  }
  std::string words;
  for (const auto& [chapter, points] : chapters) {
    const bool last = chapter == chapters.rbegin()->first;
    words += words.empty() ? "" : last ? " and " : ", ";
    words += std::to_string(points);
  }
  if (read_file(bundle.root / "book" / "instructor.md").find(words) ==
      std::string::npos) {
    findings.add(
        "book/instructor.md does not say that the chapters have {} points",
        words);
  }
}

bool check_points(const Bundle& bundle) {
  Findings findings("points");
  std::size_t manifests = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(bundle.root / "tests" / "exercises")) {
    if (entry.path().extension() == ".ini") ++manifests;
  }
  if (manifests != bundle.exercises.size()) {
    findings.add(
        "{} manifests, but {} exercises: CMake says what the others "
        "lack",
        manifests, bundle.exercises.size());
  }
  check_points_of(1, bundle, findings);
  check_points_of(2, bundle, findings);
  return findings.none();
}

// Before anyone has begun, the learner's file is the starter.
bool check_starters(const Bundle& bundle) {
  bool same = true;
  for (const Exercise* const exercise : bundle.all()) {
    if (is_untouched(bundle, *exercise)) continue;
    fmt::print("{} is not {}\n", exercise->learner,
               fs::relative(exercise->starter, bundle.root).string());
    same = false;
  }
  return same;
}

// Compiles a file in which everything is commented out.
void write_empty(const Bundle& bundle, const Exercise& exercise,
                 const fs::path& file) {
  const ScratchDirectory scratch;
  const fs::path source = scratch.path() / (exercise.id() + ".cpp");
  write_file(source, "// Everything is commented out.\n");
  // It includes nothing, so it needs no precompiled header.
  Bundle bare = bundle;
  const auto include = std::find(bare.compile_flags.begin(),
                                 bare.compile_flags.end(), "-include");
  if (include != bare.compile_flags.end()) {
    bare.compile_flags.erase(include, include + 2);
  }
  const Compiled compiled =
      compile(bare, exercise, source, scratch.path() / "program");
  write_file(file, compiled ? "linked\n" : compiled.messages);
}

struct Arguments {
  std::string bundle;
  std::string empty;
  bool refresh = false;
  bool points = false;
  bool starters = false;
  std::vector<std::string> ids;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  po::options_description shown("Options");
  shown.add_options()("help,h", "show this help and exit")(
      "bundle", po::value(&arguments.bundle)->value_name("FILE")->required(),
      "bundle.json of the build")("refresh",
                                  po::bool_switch(&arguments.refresh),
                                  "write expected.txt and wrong/*.txt")(
      "points", po::bool_switch(&arguments.points),
      "only check the sums of points")(
      "starters", po::bool_switch(&arguments.starters),
      "only check that chapters/*/steps and exercises have the starters")(
      "empty", po::value(&arguments.empty)->value_name("FILE"),
      "only write what the compiler says about an empty file");
  po::options_description all;
  all.add(shown).add_options()("id", po::value(&arguments.ids));
  const auto values = parse_options({argv + 1, argv + argc}, all, "id");
  if (values.count("help") > 0) {
    std::ostringstream text;
    text << shown;
    fmt::print("Usage: prove --bundle FILE [options] [ID...]\n{}", text.str());
    std::exit(0);
  }
  return arguments;
}

int work(const Arguments& arguments) {
  const std::string only = arguments.ids.size() == 1 ? arguments.ids[0] : "";
  Bundle bundle = read_bundle(arguments.bundle, only);
  const fs::path setup = bundle.step_tools.setup;
  if (!setup.empty()) read_steps(setup, bundle, only);
  if (arguments.points) return check_points(bundle) ? 0 : 1;
  if (arguments.starters) return check_starters(bundle) ? 0 : 1;
  std::vector<std::string> ids = arguments.ids;
  int status = 0;
  const auto is_step = [](const std::string& id) {
    return id.find('.') != std::string::npos;
  };
  for (const std::string& id : ids) {
    if (!is_step(id)) continue;
    if (!prove_step(bundle, bundle.find(id), arguments.refresh)) status = 1;
  }
  std::erase_if(ids, is_step);
  if (ids.empty() && !arguments.ids.empty()) return status;
  const auto exercises = choose_exercises(bundle, ids);
  if (!arguments.empty.empty()) {
    if (exercises.size() != 1) throw po::error("--empty: one exercise");
    write_empty(bundle, *exercises.front(), arguments.empty);
    return 0;
  }
  for (const Exercise* const exercise : exercises) {
    if (!Proof(bundle, *exercise, arguments.refresh).run()) status = 1;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return work(parse(argc, argv));
  } catch (const po::error& error) {
    std::fprintf(stderr, "prove: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "prove: %s\n", error.what());
    return 3;
  }
}
