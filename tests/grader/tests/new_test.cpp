// grader new: the files that it writes for an author, the requests that it
// refuses, and the tests' messages afterwards. CMake shows that the templates
// compile: it makes an exercise and a trap of them.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/tests/has.hpp"
#include "tests/pieces/count.hpp"

namespace {

namespace fs = std::filesystem;
using grader::read_file;
using grader::Result;
using Strings = std::vector<std::string>;

constexpr const char* kManifest =
    "chapter = 06_slow_callback\ntitle = t\norder = 1\nminutes = 1\n"
    "points = 99\nheading = h\nhint1 = a\nhint2 = b\nhint3 = c\n"
    "[one]\ntitle = t\npoints = 99\nwhy = w\n";

Result run(const char* program, const Strings& words) {
  grader::Request request;
  request.program = program;
  request.arguments = words;
  return grader::run(request);
}

// A repository with two chapters, and in chapter 6 one exercise of 99 points.
class Workshop {
 public:
  Workshop() {
    fs::create_directories(root() / "chapters/01_selector");
    fs::create_directories(root() / "chapters/06_slow_callback");
    write("tests/exercises/stopwatch/stopwatch.ini", kManifest);
    write_bundle({"stopwatch"});
  }

  // Programs are not run before all is written.
  void write_bundle(const Strings& ids) {
    std::string entries;
    for (const std::string& id : ids) {
      entries += fmt::format(
          R"({0}{{"id": "{1}", "manifest": "{2}/tests/exercises/{1}/{1}.ini",
            "learner": "chapters/06_slow_callback/exercises/{1}.cpp",
            "starter": "{2}/tests/exercises/{1}/starter.cpp",
            "solution": "{2}/solutions/06_slow_callback/{1}.cpp",
            "reference": "", "transcript": "", "probe": [], "libraries": [],
            "watched_probe": {{}}, "watched_reference": {{}},
            "starter_program": "", "link_of_nothing": "", "wrong": []}})",
          entries.empty() ? "" : ",", id, root().string());
    }
    write("bundle.json", fmt::format(R"({{"root": "{0}", "build": "{0}/build",
            "compiler": "", "compile_flags": [], "link_flags": [],
            "watches": {{}},
            "sanitized": false, "steps": "{0}/setup.txt", "programs": [],
            "exercises": [{1}]}})",
                                     root().string(), entries));
    write("setup.txt",
          fmt::format("root {0}\nbuild {0}/build/steps\n", root().string()));
  }

  fs::path root() const { return scratch_.path(); }
  std::string bundle() const { return root() / "bundle.json"; }
  std::string text(const std::string& file) const {
    return read_file(root() / file);
  }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((root() / file).parent_path());
    grader::write_file(root() / file, text);
  }
  Strings files() const {
    Strings names;
    for (const auto& entry : fs::recursive_directory_iterator(root())) {
      if (!entry.is_regular_file()) continue;
      names.push_back(entry.path().lexically_relative(root()).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  Result make(const Strings& words) const {
    Strings all = {"--bundle", bundle(), "new"};
    all.insert(all.end(), words.begin(), words.end());
    return run(GRADER_PROGRAM, all);
  }

 private:
  grader::ScratchDirectory scratch_;
};

}  // namespace

TEST_CASE("new exercise: the files of the recipe") {
  Workshop workshop;
  const Strings before = workshop.files();
  const Result result =
      workshop.make({"exercise", "06_slow_callback", "tea_timer"});
  INFO(result.err);
  REQUIRE(result.exit_status == 0);
  for (const char* const file :
       {"chapters/06_slow_callback/exercises/tea_timer.hpp",
        "chapters/06_slow_callback/exercises/tea_timer.cpp",
        "tests/exercises/tea_timer/starter.cpp",
        "tests/exercises/tea_timer/tea_timer.ini",
        "tests/exercises/tea_timer/probe.cpp",
        "solutions/06_slow_callback/tea_timer.cpp"}) {
    has(result.out, fmt::format("wrote  {}\n", file));
    const std::string text = workshop.text(file);
    has(text, "STILL TO WRITE: ");
    CHECK(count(text, "@") == 0);
  }
  CHECK(workshop.files().size() == before.size() + 6);
  CHECK(workshop.text("chapters/06_slow_callback/exercises/tea_timer.cpp") ==
        workshop.text("tests/exercises/tea_timer/starter.cpp"));
  has(workshop.text("tests/exercises/tea_timer/tea_timer.ini"),
      "chapter = 06_slow_callback\n");
  has(workshop.text("tests/exercises/tea_timer/tea_timer.ini"), "order = 2\n");
  // How to get to a hundred points.
  has(result.out, "It has 1 point, and with it all have 100.");
  has(result.out, "This chapter's: stopwatch 99\n");
}

TEST_CASE("a chapter is named as everywhere") {
  for (const char* const word : {"6", "06", "slow_callback"}) {
    Workshop workshop;
    CHECK(workshop.make({"exercise", word, "tea_timer"}).exit_status == 0);
    CHECK(fs::exists(workshop.root() / "solutions/06_slow_callback"));
  }
}

TEST_CASE("new trap, new transcript") {
  Workshop workshop;
  const Result trap = workshop.make({"trap", "01", "tea_timer"});
  CHECK(trap.exit_status == 0);
  has(workshop.text("book/traps/01_tea_timer.cpp"), "STILL TO WRITE: ");
  CHECK(workshop.text("book/traps/01_tea_timer.txt") == "$ 01_tea_timer\n");
  has(trap.out, "./workbook refresh 01");

  const Result transcript = workshop.make({"transcript", "01", "tea_timer"});
  CHECK(transcript.exit_status == 0);
  has(workshop.text("chapters/01_selector/expected/tea_timer.txt"),
      "$ 01_selector\nSTILL TO WRITE: ");
  CHECK(workshop.files().size() == 6);
}

TEST_CASE("new step: the next one of its chapter") {
  Workshop workshop;
  const Strings before = workshop.files();
  const Result result = workshop.make({"step", "06", "tea"});
  INFO(result.err);
  REQUIRE(result.exit_status == 0);
  for (const char* const file :
       {"chapters/06_slow_callback/steps/1_tea.cpp",
        "tests/steps/06_slow_callback/1_tea/1_tea.ini",
        "tests/steps/06_slow_callback/1_tea/starter.cpp",
        "solutions/06_slow_callback/steps/1_tea.cpp"}) {
    has(result.out, fmt::format("wrote  {}\n", file));
    has(workshop.text(file), "STILL TO WRITE: ");
    CHECK(count(workshop.text(file), "@") == 0);
  }
  CHECK(workshop.text("chapters/06_slow_callback/steps/1_tea.txt") ==
        "$ 6.1\n");
  CHECK(workshop.files().size() == before.size() + 5);
  CHECK(workshop.text("chapters/06_slow_callback/steps/1_tea.cpp") ==
        workshop.text("tests/steps/06_slow_callback/1_tea/starter.cpp"));
  has(workshop.text("chapters/06_slow_callback/steps/1_tea.cpp"),
      "./workbook check 6.1 ");
  // An exercise does not count steps.
  workshop.make({"exercise", "06", "tea_timer"});
  has(workshop.text("tests/exercises/tea_timer/tea_timer.ini"), "order = 2\n");

  CHECK(workshop.make({"step", "06", "cup"}).exit_status == 0);
  CHECK(fs::exists(workshop.root() /
                   "chapters/06_slow_callback/steps/2_cup.cpp"));
  const Result again = workshop.make({"step", "06", "tea"});
  CHECK(again.exit_status == 2);
  has(again.err, "tests/steps/06_slow_callback/1_tea is there already");
}

TEST_CASE("requests that new refuses, without writing anything") {
  Workshop workshop;
  const Strings before = workshop.files();
  const auto refused = [&](const Strings& words, const std::string& why) {
    const Result result = workshop.make(words);
    CHECK(result.exit_status == 2);
    has(result.err, why);
    has(result.err, "\n  new exercise|step|trap|transcript CHAPTER ID\n");
    CHECK(workshop.files() == before);
  };
  refused({}, "what, for which chapter, id?");
  refused({"exercise", "06"}, "what, for which chapter, id?");
  refused({"recipe", "06", "tea_timer"}, "there is no recipe for 'recipe'");
  refused({"exercise", "07", "tea_timer"},
          "there is no chapter '07'; there are: 01_selector, 06_slow_callback");
  refused({"exercise", "06", "stopwatch"},
          "tests/exercises/stopwatch/stopwatch.ini is there already");
  // Ids are unique in the whole book.
  refused({"exercise", "01", "stopwatch"},
          "tests/exercises/stopwatch/stopwatch.ini is there already");
  for (const char* const id : {"TeaTimer", "tea2", "tea-timer", "_tea", "tea_",
                               "tea__timer", "../tea", ""}) {
    refused({"exercise", "06", id}, "an id is small letters");
  }
  for (const char* const kind : {"exercise", "trap", "transcript"}) {
    refused({kind, "06", "selector"}, "'selector' is a chapter's name");
  }
  refused({"exercise", "06", "header"}, "the build has another use");
}

TEST_CASE("new overwrites nothing") {
  Workshop workshop;
  const std::string mine = "mine\n";
  for (const auto& [kind, file] :
       std::vector<std::pair<std::string, std::string>>{
           {"exercise", "solutions/06_slow_callback/tea_timer.cpp"},
           {"trap", "book/traps/06_tea_timer.txt"},
           {"transcript",
            "chapters/06_slow_callback/expected/tea_timer.txt"}}) {
    workshop.write(file, mine);
    const Strings before = workshop.files();
    const Result result = workshop.make({kind, "06", "tea_timer"});
    CHECK(result.exit_status == 2);
    has(result.err, file + " is there already");
    CHECK(workshop.text(file) == mine);
    CHECK(workshop.files() == before);
  }
}

// --- Lines still to be written
// -------------------------------------------------

TEST_CASE("prove names each place of a new exercise") {
  Workshop workshop;
  workshop.make({"exercise", "06", "tea_timer"});
  workshop.write_bundle({"stopwatch", "tea_timer"});
  const Strings words = {"--bundle", workshop.bundle(), "tea_timer"};
  const Result result = run(PROVE_PROGRAM, words);
  CHECK(result.exit_status == 1);
  for (const char* const place :
       {"tests/exercises/tea_timer/tea_timer.ini:2: ",
        "chapters/06_slow_callback/exercises/tea_timer.hpp:1: ",
        "tests/exercises/tea_timer/starter.cpp:1: ",
        "tests/exercises/tea_timer/probe.cpp:6: ",
        "solutions/06_slow_callback/tea_timer.cpp:3: "}) {
    has(result.out, fmt::format("tea_timer: still to write: {}", place));
  }
  has(result.out,
      "0 wrong solutions; at least 3 are needed: "
      "tests/exercises/tea_timer/wrong/MISTAKE.cpp\n");
}

namespace {

// Steps 6.1, which is given, and 6.2, with scripts for their programs.
struct Climb {
  Climb() {
    workshop.write(kTests + "1_tea/1_tea.ini",
                   "title = t\nminutes = 1\nheading = h\ngiven = yes\n");
    workshop.write(kTests + "1_tea/starter.cpp", kClass);
    workshop.write(kSteps + "1_tea.txt", "$ 6.1\nwater\n");
    for (const char* const name : {"starter", "solution", "watched"}) {
      program("1_tea", name, "echo water");
    }
    workshop.write(kTests + "2_cup/2_cup.ini", kIni);
    workshop.write(kTests + "2_cup/starter.cpp", kClass + "// TODO: pour\n");
    workshop.write("solutions/06_slow_callback/steps/2_cup.cpp", kClass);
    workshop.write(kSteps + "2_cup.txt", "$ 6.2\ntea\n(exit status 3)\n");
    program("2_cup", "starter", "echo water");
    program("2_cup", "solution", "echo tea; exit 3");
    program("2_cup", "watched", "echo tea; exit 3");
  }
  void program(const std::string& step, const std::string& name,
               const std::string& command) const {
    const std::string file =
        "build/steps/06_slow_callback/" + step + "/" + name;
    workshop.write(file, "#!/bin/sh\n" + command + "\n");
    fs::permissions(workshop.root() / file, fs::perms::owner_all);
  }
  Result prove(const std::string& id, const std::string& option = "") const {
    Strings words = {"--bundle", workshop.bundle(), id};
    if (!option.empty()) words.push_back(option);
    return run(PROVE_PROGRAM, words);
  }
  void finds(const std::string& what) const {
    const Result result = prove("6.2");
    CHECK(result.exit_status == 1);
    has(result.out, "6.2: " + what);
  }

  const std::string kTests = "tests/steps/06_slow_callback/";
  const std::string kSteps = "chapters/06_slow_callback/steps/";
  const std::string kIni =
      "title = t\nminutes = 1\nheading = h\nwhy = w\nhint1 = a\nhint2 = b\n"
      "hint3 = c\n";
  const std::string kClass =
      "class Tea {\n  int a;  // one\n  int b;\n  int c;\n  int d;\n  int e;\n"
      "};\nint main() {}\n";
  Workshop workshop;
};

}  // namespace

TEST_CASE("prove: a step that is right") {
  const Climb climb;
  for (const char* const id : {"6.1", "6.2"}) {
    const Result result = climb.prove(id);
    INFO(result.out << result.err);
    CHECK(result.exit_status == 0);
    CHECK(result.out.empty());
  }
}

TEST_CASE("prove: what a step must not be") {
  const Climb climb;
  const std::string starter = climb.kTests + "2_cup/starter.cpp";
  SECTION("the solution prints something else") {
    climb.program("2_cup", "solution", "echo milk; exit 3");
    climb.finds("the solution prints something else than " + climb.kSteps +
                "2_cup.txt");
    CHECK(climb.prove("6.2", "--refresh").exit_status == 0);
    CHECK(climb.workshop.text(climb.kSteps + "2_cup.txt") ==
          "$ 6.2\nmilk\n(exit status 3)\n");
  }
  SECTION("with sanitizers it prints something else") {
    climb.program("2_cup", "watched", "echo tea; exit 4");
    climb.finds("with sanitizers, our solution prints:\ntea\n");
  }
  SECTION("there is nothing to do") {
    climb.program("2_cup", "starter", "echo tea; exit 3");
    climb.finds("the starter prints the transcript");
  }
  SECTION("what the page shows of the starter") {
    const std::string file = climb.kTests + "2_cup/starter.txt";
    climb.workshop.write(file, "$ 6.2\nmilk\n");
    climb.finds("the starter prints something else than " + file);
    CHECK(climb.prove("6.2", "--refresh").exit_status == 0);
    CHECK(climb.workshop.text(file) == "$ 6.2\nwater\n");
    CHECK(climb.prove("6.2").exit_status == 0);
  }
  SECTION("no TODO") {
    climb.workshop.write(starter, climb.kClass);
    climb.finds(starter + " has no TODO");
  }
  SECTION("too long") {
    std::string text = climb.kClass + "// TODO\n";
    for (int i = 0; i < 70; ++i) text += "\n";
    climb.workshop.write(starter, text);
    climb.finds(starter + " has 79 lines; 70 are the most");
  }
  SECTION("its own chapter's piece") {
    climb.workshop.write(starter,
                         "#include \"chapters/01_selector/selector.hpp\"\n" +
                             climb.kClass + "// TODO\n");
    CHECK(climb.prove("6.2").exit_status == 0);
    climb.workshop.write(
        starter, "#include \"chapters/06_slow_callback/event_loop.hpp\"\n" +
                     climb.kClass + "// TODO\n");
    climb.finds(starter + " includes 06_slow_callback");
  }
  SECTION("it does not begin where the step before ended") {
    std::string text = climb.kClass;
    for (const char c : std::string("abcd")) {
      const std::string line = fmt::format("  int {};", c);
      text.replace(text.find(line), line.size(), fmt::format("  char {};", c));
    }
    climb.workshop.write(starter, text + "// TODO\n");
    CHECK(climb.prove("6.2").exit_status == 0);  // four lines may be changed
    text.replace(text.find("  int e;"), 8, "  char e;");
    climb.workshop.write(starter, text + "// TODO\n");
    climb.finds(starter + " does not begin where " + climb.kTests +
                "1_tea/starter.cpp ends: 5 lines");
    climb.workshop.write(climb.kTests + "2_cup/2_cup.ini",
                         climb.kIni + "new_start = yes\n");
    CHECK(climb.prove("6.2").exit_status == 0);
  }
  SECTION("something is still to be written") {
    climb.workshop.write(climb.kTests + "2_cup/2_cup.ini",
                         climb.kIni + "# STILL TO WRITE: all\n");
    climb.finds("still to write: " + climb.kTests + "2_cup/2_cup.ini:8: all");
  }
  SECTION("its manifest is wrong") {
    climb.workshop.write(climb.kTests + "2_cup/2_cup.ini", "title = t\n");
    const Result result = climb.prove("6.2");
    CHECK(result.exit_status == 3);
    has(result.err, "2_cup.ini:1: minutes: expected: this key");
  }
}

TEST_CASE("a transcript that is not written is no transcript") {
  Workshop workshop;
  workshop.make({"trap", "01", "tea_timer"});
  workshop.make({"transcript", "01", "tea_timer"});
  const auto compared = [&](const std::string& file) {
    return run(TRANSCRIPT_PROGRAM,
               {"--programs", "/nowhere", "--refresh-command", "do this",
                workshop.root() / file});
  };
  const Result trap = compared("book/traps/01_tea_timer.txt");
  CHECK(trap.exit_status == 1);
  has(trap.out, "book/traps/01_tea_timer.cpp:1: what this program does wrong");
  has(trap.out, "And then:  do this\n");
  const Result transcript =
      compared("chapters/01_selector/expected/tea_timer.txt");
  CHECK(transcript.exit_status == 1);
  has(transcript.out, "expected/tea_timer.txt:2: the options of the command");
}

// --- The templates
// ---------------------------------------------------------------

TEST_CASE("the exercise of the templates can be solved, and is not yet") {
  const Strings words = {"--case", "first", "--seed", "1", "--visible"};
  const Result solved = run(TEMPLATE_SOLVED, words);
  const Result started = run(TEMPLATE_STARTED, words);
  CHECK(solved.exit_status == 0);
  CHECK(started.exit_status == 0);
  CHECK(solved.out != started.out);
  const std::string starter = read_file(TEMPLATE_STARTER);
  CHECK(count(starter, "TODO") == 1);
  CHECK(count(starter, "\n") >= 20);
  CHECK(run(TEMPLATE_TRAP, {}).exit_status == 0);
  CHECK(run(TEMPLATE_STEP, {}).out == "0\n");
  CHECK(run(TEMPLATE_STEP_SOLUTION, {}).out == "42\n");
}
