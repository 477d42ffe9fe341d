// The judge: compilers' messages, the ends of programs, and comparisons.

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/catch.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace grader;
using Failure = Compiled::Failure;

const fs::path kRight = JUDGE_FIXTURE_RIGHT;
const fs::path kWrong = JUDGE_FIXTURE_WRONG;
const std::string kSource = "chapters/06_slow_callback/exercises/stopwatch.cpp";

Limits short_limits() {
  Limits limits;
  limits.wall = 500ms;
#ifdef JUDGE_SANITIZED
  limits.wall = 3s;
  limits.memory = 0;
#endif
  return limits;
}

CaseRun wrong(const std::string& name, Limits limits = short_limits()) {
  return run_case(kWrong, name, 1, limits);
}
CaseVerdict verdict_on(const std::string& name) {
  return compare_case({name, "a title", 2, "a reason"},
                      run_case(kRight, name, 1, Limits{.memory = 0}),
                      wrong(name));
}

}  // namespace

// --- Compilers and linkers ---------------------------------------------------

TEST_CASE("an error in the learner's file") {
  const auto told = explain_messages(
      "In file included from " + kSource + ":3:\n" + "/usr/x.h:1:1: note: x\n" +
          kSource + ":22:7: error: cannot convert 'a' to 'b'\n" + kSource +
          ":30:7: error: another\n",
      kSource);
  CHECK(told.failure == Failure::does_not_compile);
  CHECK(told.line == 22);
  CHECK(told.error == "cannot convert 'a' to 'b'");
}

TEST_CASE("an error elsewhere that the learner's file leads to") {
  const auto told = explain_messages(
      "In file included from /usr/x.h:1,\n                 from " + kSource +
          ":3:\n/usr/x.h:1:1: error: no match\n" + kSource +
          ":31:4:   required from here\n",
      kSource);
  CHECK(told.failure == Failure::does_not_compile);
  CHECK(told.line == 3);
  CHECK(told.error == "no match");
}

TEST_CASE("functions that linkers miss") {
  const std::string name = "exercises::is_slow(int)";
  for (const std::string& message :
       {"/usr/bin/ld: probe.o: in function `main':\nprobe.cpp:7: undefined "
        "reference to `" +
            name + "'\ncollect2: error: ld returned 1 exit status\n",
        "mold: error: undefined symbol: " + name +
            "\n>>> referenced by probe.cpp\n",
        "ld.lld: error: undefined symbol: " + name +
            "\n>>> referenced by probe.cpp:7\n",
        "Undefined symbols for architecture arm64:\n  \"" + name +
            "\", referenced from:\n      at_the_limit in probe.o\n"}) {
    INFO(message);
    const auto told = explain_messages(message, kSource);
    CHECK(told.failure == Failure::lacks_definitions);
    CHECK(told.what == name);
  }
}

TEST_CASE("functions that linkers find twice") {
  for (const std::string message :
       {"/usr/bin/ld: probe.o: in function `main':\nprobe.cpp:9: multiple "
        "definition of `main'; /tmp/cc.o:x.cpp:3: first defined here\n",
        "mold: error: duplicate symbol: /build/probe.cpp.o: /tmp/cc.o: main\n",
        "ld.lld: error: duplicate symbol: main\n>>> defined at x.cpp:3\n",
        "duplicate symbol '_main' in:\n    /tmp/x.o\n    probe.o\n"}) {
    INFO(message);
    const auto told = explain_messages(message, kSource);
    CHECK(told.failure == Failure::defines_twice);
    CHECK(told.what == "main");
  }
}

TEST_CASE("a compiler that comes to no end of its own") {
  const auto [message, failure,
              kept] = GENERATE(table<std::string, Failure, std::string>({
      {"x.cpp:1:1: note: a\nc++: internal compiler error: Segmentation fault "
       "signal terminated program cc1plus\nPlease submit a full bug report, "
       "with preprocessed source.\n",
       Failure::compiler_failed, "x.cpp:1:1: note: a\n"},
      {"x.cpp:7:2: internal compiler error: in foo, at bar.cc:9\nPlease "
       "submit a full bug report\n",
       Failure::compiler_failed,
       "x.cpp:7:2: internal compiler error: in foo, at bar.cc:9\n"},
      {"PLEASE submit a bug report to https://github.com/llvm\nStack "
       "dump:\n0. Program arguments: /home/teacher/clang\n",
       Failure::compiler_failed, ""},
      {"c++: fatal error: Killed signal terminated program cc1plus\n"
       "compilation terminated.\n",
       Failure::killed, ""},
      {"c++: fatal error: CPU time limit exceeded signal terminated program "
       "cc1plus\n",
       Failure::stopped, ""},
      {"cc1plus: out of memory allocating 65536 bytes after a total of 3\n",
       Failure::stopped,
       "cc1plus: out of memory allocating 65536 bytes after a total of "
       "3\n"},
  }));
  INFO(message);
  const auto told = explain_messages(message, kSource);
  CHECK(told.failure == failure);
  CHECK(told.messages == kept);
  CHECK(told.what.empty() == (failure != Failure::stopped));
}

TEST_CASE("a text is UTF-16, with a mark or without") {
  using namespace std::string_literals;
  CHECK(is_utf16("\xff\xfe/\0"s));
  CHECK(is_utf16("\xfe\xff\0/"s));
  CHECK(is_utf16("#\0i\0n\0c\0l\0u\0d\0e\0"s));
  CHECK(is_utf16("\0#\0i\0n\0c\0l\0u\0d\0e"s));
  CHECK_FALSE(is_utf16(""));
  CHECK_FALSE(is_utf16("\xef\xbb\xbf#include"));
  CHECK_FALSE(is_utf16("#include <string>"));
  CHECK_FALSE(is_utf16(std::string(64, '\0')));
}

TEST_CASE("a name may be as long as a student likes") {
  const std::string name(1'000'000, 'a');
  for (const std::string& message :
       {"ld: undefined reference to `" + name + "'\n",
        "ld: undefined reference to `'`\n undefined reference to `" + name +
            "'\n"}) {
    CHECK(explain_messages(message, kSource).what == name);
  }
  CHECK(explain_messages("multiple definition of `" + name + "'", kSource)
            .failure == Failure::defines_twice);
}

// --- Reports -----------------------------------------------------------------

TEST_CASE("lines of a report are parsed") {
  const auto lines = parse_report("step\tone\nsee\ttwo\tthree\nend\nodd\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == Line{Line::Kind::step, "one", ""});
  CHECK(lines[1] == Line{Line::Kind::see, "two", "three"});
  CHECK(lines[2] == Line{Line::Kind::end, "", ""});
  CHECK(lines[3] == Line{Line::Kind::other, "odd", ""});
}

TEST_CASE("the right answer passes every case, with any seed") {
  Bundle bundle;
  Exercise exercise;
  exercise.reference = kRight;
  for (const char* const name :
       {"adds", "crashes", "exits_early", "throws", "opens"}) {
    exercise.manifest.cases.push_back({name, "a title", 2, "a reason"});
  }
#ifdef JUDGE_SANITIZED
  bundle.sanitized = true;
#endif
  for (const std::uint64_t seed : {1U, 7U}) {
    const Verdict verdict = judge(bundle, exercise, kRight, seed);
    CHECK(verdict.passed());
    CHECK(verdict.points() == 10);
  }
  const Verdict verdict = judge(bundle, exercise, kWrong);
  CHECK(verdict.points() == 2);  // "opens" gives the same answer
  CHECK(verdict.failures() == 4);
}

TEST_CASE("a case opens descriptor 3 first, in an empty environment") {
  const auto run = run_case(kRight, "opens", 1, Limits{.memory = 0});
  REQUIRE(run.lines.size() == 4);
  CHECK(run.lines[1] == Line{Line::Kind::see, "the descriptor", "3"});
  CHECK(run.lines[2] == Line{Line::Kind::see, "environment", "none"});
}

TEST_CASE("a program that could not be loaded is started again") {
  int starts = 0;
  int failures = 2;
  const Runner unlucky = [&](const Request& request) {
    if (starts++ >= failures) return run(request);
    Result result;
    result.out =
        "right: error while loading shared libraries: cannot apply additional "
        "memory protection after relocation: Cannot allocate memory\n";
    result.exit_status = 127;
    return result;
  };
  const Limits limits{.memory = 0};
  CHECK(run_case(kRight, "opens", 1, limits, unlucky).in_order());
  CHECK(starts == 3);

  failures = 1000;
  starts = 0;
  CHECK_FALSE(run_case(kRight, "opens", 1, limits, unlucky).in_order());
  CHECK(starts == 4);
}

TEST_CASE("another value") {
  const auto verdict = verdict_on("adds");
  CHECK_FALSE(verdict.passed());
  CHECK(verdict.points() == 0);
  CHECK(verdict.difference == 1U);
  CHECK(verdict.got.in_order());
}

TEST_CASE("a crash keeps the steps before it") {
  const auto verdict = verdict_on("crashes");
  CHECK(verdict.difference == 1U);
  CHECK(verdict.got.lines.size() == 1);
#ifndef JUDGE_SANITIZED
  CHECK(verdict.got.process.killed_by == SIGSEGV);
  CHECK(ending(verdict.got).starts_with("killed by signal 11 (Segmentation"));
#endif
}

TEST_CASE("a program that goes wrong after its end") {
  const auto verdict = verdict_on("crashes_at_exit");
  CHECK(verdict.difference == 2U);
  CHECK(verdict.got.ended());
  CHECK_FALSE(verdict.got.in_order());
  CHECK(ending(verdict.got) == "exit status 7");
}

TEST_CASE("leaving early with status 0 is no success") {
  const auto verdict = verdict_on("exits_early");
  CHECK(verdict.difference == 1U);
  CHECK(ending(verdict.got) == "exit status 0, before all was done");
}

TEST_CASE("a program that waits without end is stopped") {
  const auto run = wrong("never_ends");
  CHECK(run.process.timed_out);
  CHECK_FALSE(run.in_order());
  CHECK(run.lines.size() == 1);
}

TEST_CASE("a program that computes without end is stopped sooner") {
  Limits limits;
  limits.memory = 0;
  limits.cpu = 1s;
  const auto run = wrong("works_on", limits);
  CHECK(run.process.killed_by == SIGXCPU);
  CHECK(run.process.elapsed < 9s);
  CHECK(ending(run).find("a loop that does not end") != std::string::npos);
}

TEST_CASE("output is capped") {
  const auto run = wrong("talks");
  CHECK(run.process.too_much_output);
  CHECK(run.process.out.size() < 1U << 20U);
  CHECK(ending(run).starts_with("stopped after"));
}

TEST_CASE("notes without end are stopped, and told once") {
  const auto verdict = verdict_on("notes_on");
  CHECK(verdict.difference == 1U);
  REQUIRE(verdict.got.lines.size() == 2);
  CHECK(verdict.got.lines[1] ==
        Line{Line::Kind::see, "stopped", "999 times in a row: 5 ms: again"});
}

#ifndef JUDGE_SANITIZED
TEST_CASE("memory that is mapped is limited") {
  const auto verdict = verdict_on("takes_memory");
  REQUIRE(verdict.got.lines.size() == 3);
  CHECK(verdict.got.lines[1] ==
        Line{Line::Kind::see, "threw", "std::bad_alloc: std::bad_alloc"});
}

TEST_CASE("memory that is used is limited") {
  Limits limits;
  limits.memory = 100U << 20U;
  const auto run = wrong("fills_memory", limits);
  CHECK(run.process.too_much_memory);
  CHECK_FALSE(run.in_order());
  CHECK(ending(run) == "stopped for using more than 100 MB of memory");
}
#endif

TEST_CASE("a source that tells sanitizers to look away is found") {
  CHECK(silencers_in("// no_sanitize\nint a;", "").empty());
  CHECK(silencers_in("[[gnu::no_sanitize_address]] int a();", "") ==
        std::vector<std::string>{"no_sanitize_address"});
}

TEST_CASE("a program without silencers, whole and cut, has none") {
  const std::string program = read_file(kWrong);
  CHECK(silencers_in("", program).empty());
  for (std::size_t size = 0; size < program.size();
       size += program.size() / 50 + 1) {
    CHECK(silencers_in("", program.substr(0, size)).empty());
  }
}

TEST_CASE("an exception is an observation") {
  const auto verdict = verdict_on("throws");
  REQUIRE(verdict.got.lines.size() == 3);
  CHECK(verdict.got.lines[1] ==
        Line{Line::Kind::see, "threw",
             "std::runtime_error: no \\x1b[31mway\\xff"});
  CHECK(verdict.got.in_order());
}

TEST_CASE("a thread left behind costs nothing") {
  CHECK(verdict_on("leaves_a_thread").passed());
}

TEST_CASE("one line too many is a difference") {
  const auto verdict = verdict_on("says_more");
  CHECK(verdict.difference == 1U);
  const auto all = compare_case({}, verdict.expected, verdict.expected);
  CHECK(all.passed());
  CaseRun longer = verdict.expected;
  longer.lines.push_back({Line::Kind::end, "", ""});
  CHECK(compare_case({}, verdict.expected, longer).difference == 2U);
}

TEST_CASE("of a random story, the shortest part that goes wrong is told") {
  Exercise exercise;
  exercise.reference = kRight;
  const Limits limits{.memory = 0};
  const auto judged = [&](const char* name) {
    return judge_case(exercise, kWrong, {name, "a title", 2, "a reason"}, 1,
                      limits);
  };
  const auto whats = [](const CaseVerdict& verdict) {
    std::vector<std::string> result;
    for (const Line& line : verdict.got.lines) result.push_back(line.what);
    return result;
  };

  const auto differs = judged("differs_in_a_story");
  CHECK(whats(differs) ==
        std::vector<std::string>{"a random story, as short as it can be", "a 7",
                                 "how many", "a 3", "how many", ""});
  CHECK(differs.difference == 4U);
  CHECK(differs.expected.lines[4].value == "2");
  CHECK(differs.got.lines[4].value == "3");
  CHECK(differs.got.process.out ==
        "I have seen a number\nI have seen a number\n");

#ifndef JUDGE_SANITIZED
  const auto crashes = judged("crashes_in_a_story");
  CHECK(whats(crashes) == std::vector<std::string>{
                              "a random story, as short as it can be", "a 3"});
  CHECK(crashes.got.process.killed_by == SIGSEGV);
#endif

  // Alone, the story goes right.
  const auto remembers = judged("remembers_the_last_story");
  CHECK(remembers.difference == 2U);
  CHECK(remembers.expected.lines[2].what == "random story 2 (40 operations)");
  CHECK(
      remembers.expected.lines[2].why.starts_with("the same story goes right"));

  for (const char* const name : {"differs_in_a_story", "crashes_in_a_story",
                                 "remembers_the_last_story"}) {
    CHECK(judge_case(exercise, kRight, {name, "a title", 2, "a reason"}, 7,
                     limits)
              .passed());
  }
}

TEST_CASE("a reference that is not in order is the grader's failure") {
  Bundle bundle;
  Exercise exercise;
  exercise.reference = kWrong;
  exercise.manifest.cases.push_back({"exits_early", "a title", 2, "why"});
  CHECK_THROWS_AS(judge(bundle, exercise, kRight), GraderError);
  exercise.reference = "/nowhere/reference";
  CHECK_THROWS_AS(judge(bundle, exercise, kRight), GraderError);
}

// --- A learner's file, with a compiler that only copies ----------------------

namespace {

// The "source" is the path of a program, or a message of the compiler.
class Desk {
 public:
  Desk() {
    write_file(compiler(),
               "#!/bin/sh\n"
               "for word; do\n"
               "  case $word in *.cpp) source=$word ;; esac\n"
               "  output=$word\n"
               "done\n"
               "read -r first < \"$source\"\n"
               "case $first in\n"
               "  /*) cp \"$first\" \"$output\" ;;\n"
               "  warn*) echo \"$first\"; cp " +
                   kRight.string() +
                   " \"$output\" ;;\n"
                   "  *) echo \"$first\" >&2; exit 1 ;;\n"
                   "esac\n");
    fs::permissions(compiler(), fs::perms::owner_all);
    bundle_.root = scratch_.path();
    bundle_.build = scratch_.path() / "build";
    bundle_.compiler = compiler();
#ifdef JUDGE_SANITIZED
    bundle_.sanitized = true;
#endif
    exercise_.manifest.id = "fixture";
    exercise_.manifest.chapter = "06_slow_callback";
    exercise_.manifest.heading = "What counts as slow";
    exercise_.manifest.cases = {{"adds", "add two numbers", 2, "sums matter"}};
    exercise_.manifest.points = 2;
    exercise_.learner = "fixture.cpp";
    exercise_.starter = scratch_.path() / "starter.cpp";
    exercise_.reference = kRight;
    write_file(exercise_.starter, kWrong.string() + "\n\n// TODO: add\n");
  }

  Judged hand_in(const std::string& text) {
    write_file(scratch_.path() / "fixture.cpp", text);
    return judge_learner(bundle_, exercise_);
  }
  std::string story(const std::string& text) {
    return story_of(hand_in(text), Style{.width = 80, .colour = false});
  }
  std::string starter() const { return read_file(exercise_.starter); }
  Bundle& bundle() { return bundle_; }

 private:
  fs::path compiler() const { return scratch_.path() / "compiler"; }

  ScratchDirectory scratch_;
  Bundle bundle_;
  Exercise exercise_;
};

}  // namespace

TEST_CASE("a right answer") {
  Desk desk;
  const auto judged = desk.hand_in(kRight.string());
  CHECK(judged.passed());
  CHECK(judged.points() == 2);
  CHECK_FALSE(judged.untouched);
  CHECK(fs::exists(desk.bundle().build / "fixture" / "attempt"));
}

TEST_CASE("a wrong answer") {
  Desk desk;
  const auto judged = desk.hand_in(kWrong.string());
  CHECK_FALSE(judged.passed());
  CHECK(judged.points() == 0);
}

TEST_CASE("the starter is not started, whatever it does") {
  Desk desk;
  const auto judged = desk.hand_in(desk.starter());
  CHECK(judged.untouched);
  CHECK(
      desk.story(desk.starter())
          .starts_with("fixture: not started. 1 of 1 task fails, as it should. "
                       "Open fixture.cpp:3\n"));
}

TEST_CASE("a file that does not compile") {
  Desk desk;
  const auto judged = desk.hand_in("fixture.cpp:4:2: error: no");
  CHECK_FALSE(judged.compiled);
  CHECK(judged.compiled.line == 4);
  CHECK(judged.points() == 0);
  CHECK_FALSE(judged.passed());
  CHECK(desk.story("fixture.cpp:4:2: error: no") ==
        "fixture: it does not compile. Look at fixture.cpp:4\n"
        "  | fixture.cpp:4:2: error: no\n"
        "  first no\n"
        "  read  book, chapter 6, \"What counts as slow\"     hint  ./workbook "
        "hint fixture\n");
}

TEST_CASE("warnings are shown, and cost nothing") {
  Desk desk;
  const std::string story = desk.story("warning: unused \x1b[31m");
  CHECK(story ==
        "The compiler warns:\n  | warning: unused \\x1b[31m\n"
        "fixture: add two numbers                                           2 "
        "of 2 points\n"
        "fixture: 2 of 2 points. To compare: ./workbook solution fixture\n");
}

TEST_CASE("without a compiler the grader cannot work") {
  Desk desk;
  desk.bundle().compiler = "/nowhere/c++";
  CHECK_THROWS_AS(desk.hand_in(kRight.string()), GraderError);
}

// --- Bundles -----------------------------------------------------------------

TEST_CASE("an exercise that is not there") {
  Bundle bundle;
  for (const char* const id : {"stopwatch", "slow_histogram"}) {
    Exercise exercise;
    exercise.manifest.id = id;
    bundle.exercises.push_back(exercise);
  }
  CHECK(bundle.find("stopwatch").id() == "stopwatch");
  const auto complaint = [&](const std::string& id) -> std::string {
    try {
      bundle.find(id);
    } catch (const UnknownExercise& error) {
      return error.what();
    }
    return "none";
  };
  CHECK(complaint("stopwach") ==
        "there is no exercise 'stopwach'; did you mean stopwatch?");
  CHECK(complaint("histogram") ==
        "there is no exercise 'histogram'; did you mean slow_histogram?");
  CHECK(complaint("xyz") ==
        "there is no exercise 'xyz'; there are: stopwatch, slow_histogram");
}

TEST_CASE("a bundle that is missing or broken") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "bundle.json";
  CHECK_THROWS_AS(read_bundle(file), GraderError);
  write_file(file, "{");
  CHECK_THROWS_AS(read_bundle(file), GraderError);
  write_file(file, "{}");
  CHECK_THROWS_AS(read_bundle(file), GraderError);
}
