// The programs grader and prove, with the sample exercise and with bundles that
// the tests tamper with.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/tests/has.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kBundle = EXERCISES_BUNDLE;
const fs::path kGrader = GRADER_PROGRAM;
const fs::path kProve = PROVE_PROGRAM;
const std::string kId = "stopwatch";

grader::Result run(const fs::path& program,
                   const std::vector<std::string>& words) {
  grader::Request request;
  request.program = program;
  request.arguments = words;
  request.timeout = std::chrono::minutes(4);  // sanitized, on a busy machine
  return grader::run(request);
}

// A bundle of the sample exercise alone, in a separate folder.
class Desk {
 public:
  explicit Desk(const std::string& id = kId)
      : content_(json::parse(grader::read_file(kBundle))) {
    json sample;
    for (const json& one : content_["exercises"]) {
      if (one["id"] == id) sample = one;
    }
    REQUIRE_FALSE(sample.is_null());
    // Without the one that waits until its time is over.
    json& wrong = sample["wrong"];
    wrong.erase(std::remove_if(wrong.begin(), wrong.end(),
                               [](const json& one) {
                                 return one["name"] ==
                                        "runs_nothing_without_debug";
                               }),
                wrong.end());
    content_["exercises"] = json::array({sample});
  }

  json& content() { return content_; }
  json& exercise() { return content_["exercises"][0]; }
  fs::path path() const { return scratch_.path(); }
  std::string write(const std::string& name, const std::string& text) {
    const fs::path file = scratch_.path() / name;
    fs::create_directories(file.parent_path());
    grader::write_file(file, text);
    return file.string();
  }
  std::string bundle() { return write("bundle.json", content_.dump()); }

  // prove's output; it must fail.
  std::string objection() {
    const auto result = run(kProve, {"--bundle", bundle(), kId});
    CHECK(result.exit_status == 1);
    return result.out;
  }

  // A compiler that copies the program that the learner's file names.
  void fake_compiler() {
    content_["compiler"] = write("compiler",
                                 "#!/bin/sh\n"
                                 "for word; do\n"
                                 "  case $word in *.cpp) source=$word ;; esac\n"
                                 "  output=$word\n"
                                 "done\n"
                                 "read -r first < \"$source\"\n"
                                 "cp \"$first\" \"$output\"\n");
    fs::permissions(path() / "compiler", fs::perms::owner_all);
    content_["root"] = path().string();
    content_["build"] = (path() / "build").string();
  }
  void hand_in(const std::string& text) {
    write(exercise()["learner"].get<std::string>(), text);
  }
  grader::Result check(const std::vector<std::string>& words) {
    std::vector<std::string> all = {"--bundle", bundle(), "check"};
    all.insert(all.end(), words.begin(), words.end());
    return run(kGrader, all);
  }

 private:
  grader::ScratchDirectory scratch_;
  json content_;
};

}  // namespace

// --- prove -------------------------------------------------------------------

TEST_CASE("the sample exercise is proven") {
  Desk desk;
  const auto result = run(kProve, {"--bundle", desk.bundle(), kId});
  CHECK(result.out.empty());
  CHECK(result.err.empty());
  CHECK(result.exit_status == 0);
}

TEST_CASE("a wrong solution that passes is an objection") {
  Desk desk;
  desk.exercise()["wrong"][0]["program"] = desk.exercise()["reference"];
  has(desk.objection(), "gets all points");
}

#ifndef JUDGE_SANITIZED
TEST_CASE("two mistakes that are told the same are an objection") {
  Desk desk;
  desk.exercise()["wrong"][0]["program"] =
      desk.exercise()["wrong"][1]["program"];
  has(desk.objection(), "are told the same");
}

TEST_CASE("another story than the reviewed one is an objection") {
  Desk desk;
  desk.exercise()["wrong"][0]["narrative"] = desk.write("x.txt", "else\n");
  has(desk.objection(), "x.txt says something else");
}
#endif

TEST_CASE("too few wrong solutions are an objection") {
  Desk desk;
  while (desk.exercise()["wrong"].size() > 2) desk.exercise()["wrong"].erase(0);
  has(desk.objection(), "2 wrong solutions; at least 3 are needed");
}

TEST_CASE("a starter that passes a case is an objection") {
  Desk desk;
  desk.exercise()["starter_program"] = desk.exercise()["reference"];
  has(desk.objection(), "the starter passes the case at_the_limit");
}

TEST_CASE("a starter has one TODO, and says enough") {
  Desk desk;
  // The probe is beside the starter.
  const fs::path folder =
      fs::path(desk.exercise()["starter"].get<std::string>()).parent_path();
  desk.write("probe.cpp", grader::read_file(folder / "probe.cpp"));
  desk.exercise()["starter"] = desk.write("starter.cpp", "// nothing\n");
  const std::string text = desk.objection();
  has(text, "the starter has 0 TODOs");
  has(text, "the starter has 1 lines");
}

TEST_CASE("a learner's file that is not the starter is named") {
  Desk desk;
  desk.content()["root"] = desk.path().string();
  const std::string starter =
      grader::read_file(desk.exercise()["starter"].get<std::string>());
  const std::vector<std::string> words = {"--bundle", desk.bundle(),
                                          "--starters"};
  desk.hand_in(starter);
  CHECK(run(kProve, words).exit_status == 0);
  desk.hand_in(starter + "// begun\n");
  const auto result = run(kProve, words);
  CHECK(result.exit_status == 1);
  has(result.out, "chapters/06_slow_callback/exercises/stopwatch.cpp is not ");
}

TEST_CASE("a probe that draws two inputs at once is an objection") {
  Desk desk;
  const std::string starter = desk.exercise()["starter"];
  desk.exercise()["starter"] =
      desk.write("starter.cpp", grader::read_file(starter));
  desk.write("probe.cpp",
             "void a(probe::Run& run) {\n"
             "  const int one = run.number(1, 2);\n"
             "  add(run.number(1, 2),\n"
             "      run.word());\n"
             "}\n");
  const std::string text = desk.objection();
  has(text, "probe.cpp:4: two inputs in one statement");
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("an empty file that links is an objection") {
  Desk desk;
  desk.exercise()["link_of_nothing"] = desk.write("empty.txt", "linked\n");
  has(desk.objection(), "a file without definitions links");
  desk.exercise()["link_of_nothing"] =
      desk.write("empty.txt", "undefined reference to `other()'\n");
  has(desk.objection(), "should be told what is missing");
}

TEST_CASE("another transcript than the reviewed one is an objection") {
  Desk desk;
  desk.exercise()["transcript"] = desk.write("expected.txt", "[else]\n");
  has(desk.objection(), "expected.txt says something else");
}

TEST_CASE("values that no seed changes are an objection") {
  Desk desk;
  desk.exercise()["reference"] = JUDGE_FIXTURE_RIGHT;
  std::string manifest =
      grader::read_file(desk.exercise()["manifest"].get<std::string>());
  manifest = manifest.substr(0, manifest.find('['));
  const auto result = run(JUDGE_FIXTURE_RIGHT, {"--list"});
  std::string name;
  int points = 0;
  for (const char c : result.out) {
    if (c != '\n') {
      name += c;
      continue;
    }
    manifest += "[" + name + "]\ntitle = t\npoints = 1\nwhy = w\n";
    name.clear();
    ++points;
  }
  manifest.replace(manifest.find("points = 3"), 10,
                   "points = " + std::to_string(points));
  desk.exercise()["manifest"] = desk.write("stopwatch.ini", manifest);
  const std::string text = desk.objection();
  // This one observes a descriptor, always 3.
  has(text, "case opens: the observed values are the same for every seed");
  CHECK(text.find("case adds: the observed") == std::string::npos);
}

TEST_CASE("cases that the probe does not have are an objection") {
  Desk desk;
  std::string manifest =
      grader::read_file(desk.exercise()["manifest"].get<std::string>());
  manifest.replace(manifest.find("[at_the_limit]"), 14, "[elsewhere]");
  desk.exercise()["manifest"] = desk.write("stopwatch.ini", manifest);
  has(desk.objection(), "the manifest's cases are");
}

TEST_CASE("other points than a hundred are an objection") {
  Desk desk;
  const auto result = run(kProve, {"--bundle", desk.bundle(), "--points"});
  CHECK(result.exit_status == 1);
  has(result.out, "the exercises have 3 points, not 100: add 97, in a case");
  has(result.out, "\n  06_slow_callback       3: stopwatch 3\n");
}

TEST_CASE("part II has a hundred of its own, or no exercises") {
  Desk desk;
  desk.content()["root"] = desk.path().string();
  std::string manifest =
      grader::read_file(desk.exercise()["manifest"].get<std::string>());
  manifest.replace(manifest.find("06_slow_callback"), 16, "09_culprit");
  desk.exercise()["manifest"] =
      desk.write("tests/exercises/stopwatch/stopwatch.ini", manifest);
  const std::string text =
      run(kProve, {"--bundle", desk.bundle(), "--points"}).out;
  has(text, "the exercises have 0 points, not 100");  // part I has none here
  has(text, "the exercises from chapter 9 on have 3 points, not 100: add 97");
}

TEST_CASE("a page with other points than the chapters' is an objection") {
  Desk desk;
  desk.content()["root"] = desk.path().string();
  std::string manifest =
      grader::read_file(desk.exercise()["manifest"].get<std::string>());
  manifest.replace(manifest.find("points = 3"), 10, "points = 100");
  manifest.replace(manifest.find("points = 1\n"), 11, "points = 98\n");
  desk.exercise()["manifest"] =
      desk.write("tests/exercises/stopwatch/stopwatch.ini", manifest);
  const std::vector<std::string> words = {"--bundle", desk.bundle(),
                                          "--points"};
  desk.write("book/instructor.md", "They have 99 points.\n");
  const auto wrong = run(kProve, words);
  CHECK(wrong.exit_status == 1);
  has(wrong.out, "does not say that the chapters have 100 points");
  desk.write("book/instructor.md", "They have 100 points.\n");
  CHECK(run(kProve, words).exit_status == 0);
}

// --- grader check ------------------------------------------------------------

TEST_CASE("usage") {
  CHECK(run(kGrader, {}).exit_status == 2);
  CHECK(run(kGrader, {"--bundle", "x", "dance"}).exit_status == 2);
  const auto help = run(kGrader, {"--help"});
  CHECK(help.exit_status == 0);
  // The lines about each in ./workbook's table.
  for (const char* const command : {"check", "export", "grade", "hint",
                                    "progress", "reset", "solution", "watch"}) {
    has(help.out, fmt::format("\n  {} ", command));
  }
  Desk desk;
  const auto two = desk.check({"one", "two"});
  CHECK(two.exit_status == 2);
  has(two.err, "grader: check: one step, exercise or chapter\n  check STEP ");
  has(two.err, "exercises once more under sanitizers, unless\n");
  const auto result = desk.check({"stopwach"});
  CHECK(result.exit_status == 2);
  has(result.err, "did you mean stopwatch?");
}

TEST_CASE("a grader that cannot work has a different status") {
  const auto result = run(kGrader, {"--bundle", "/nowhere.json", "check"});
  CHECK(result.exit_status == 3);
  has(result.err, "/nowhere.json");
  Desk desk;
  desk.fake_compiler();
  desk.hand_in("x");
  desk.content()["compiler"] = "/nowhere/c++";
  CHECK(desk.check({kId}).exit_status == 3);
}

TEST_CASE("check: nothing started, wrong, right") {
  Desk desk;
  desk.fake_compiler();
  const std::string starter = desk.exercise()["starter"];
  desk.hand_in(grader::read_file(starter));
  auto result = desk.check({});
  CHECK(result.exit_status == 1);
  has(result.out, "Nothing is started yet. Open chapters/06_slow_callback/");

  desk.hand_in(desk.exercise()["wrong"][0]["program"].get<std::string>());
  for (const auto& words : {std::vector<std::string>{}, {kId}}) {
    result = desk.check(words);
    CHECK(result.exit_status == 1);
    has(result.out, "hint  ./workbook hint stopwatch\n");
  }

  desk.hand_in(desk.exercise()["reference"].get<std::string>());
  for (const char* const word :
       {"stopwatch", "6", "06", "slow_callback", "06_slow_callback"}) {
    result = desk.check({word});
    CHECK(result.exit_status == 0);
    has(result.out, "3 of 3 points");
  }
}

TEST_CASE("no colour where no terminal is") {
  Desk desk;
  desk.fake_compiler();
  desk.hand_in(desk.exercise()["reference"].get<std::string>());
  CHECK(desk.check({kId}).out.find('\033') == std::string::npos);
}

// --- grader with -------------------------------------------------------------

TEST_CASE("the last program waits on a learner's selector") {
  Desk desk("poll_selector");
  desk.content()["root"] = desk.path().string();
  desk.content()["build"] = (desk.path() / "build").string();
  const std::string solution = desk.exercise()["solution"];
  desk.write(desk.exercise()["learner"], grader::read_file(solution));
  const auto linked = run(kGrader, {"--bundle", desk.bundle(), "with",
                                    "poll_selector", "08_asyncio_debug"});
  INFO(linked.err);
  REQUIRE(linked.exit_status == 0);
  const auto result = run(linked.out.substr(0, linked.out.find('\n')), {});
  CHECK(result.exit_status == 0);
  has(result.err, "DEBUG: Using selector: PollSelector\n");
  has(result.err, "INFO: outer completed\n");
}
