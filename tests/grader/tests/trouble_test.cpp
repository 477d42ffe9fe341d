// Things that keep the grader from working, or stop it: each has its message
// and exit status, and loses nothing that was written.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/class/results.hpp"
#include "tests/grader/jail/descendants.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/transcript.hpp"
#include "tests/grader/tests/grading_desk.hpp"

namespace {

namespace fs = std::filesystem;
using namespace grader;
using std::chrono::steady_clock;

constexpr int kInterrupted = 130;

// Says where it is before anything else, and then runs without end.
constexpr const char* kNeverEnds =
    "#include \"chapters/06_slow_callback/exercises/stopwatch.hpp\"\n"
    "namespace exercises {\n"
    "void StopwatchLoop::run_handle(ch05::LoopObject&) noexcept {\n"
    "  for (volatile int i = 0;; i = i + 1) {}\n"
    "}\n"
    "}  // namespace exercises\n";

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

// The name of the program that compiles. GCC's driver starts another one, and
// tells its name; Clang's does the work itself.
std::string compiler_at_work(const fs::path& compiler) {
  Request request;
  request.program = compiler;
  request.arguments = {"-print-prog-name=cc1plus"};
  const std::string told = run(request).out;
  const fs::path other = told.substr(0, told.find('\n'));
  return fs::canonical(other.is_absolute() ? other : compiler).filename();
}

// Grades ada's file: there is no new result, and the old one stays.
void check_one_broken(const GradingDesk& desk, const std::string& why) {
  const fs::path out = desk.path("results.json");
  write_file(out, "the results of yesterday");
  check_broken(desk.grade({"one", "--submission", desk.students() / "ada",
                           "--out", out}),
               why);
  CHECK(read_file(out) == "the results of yesterday");
}

}  // namespace

// --- Interrupted -------------------------------------------------------------

TEST_CASE("grade one, interrupted, leaves no results and no processes") {
  GradingDesk desk;
  const fs::path ada = desk.hand_in("ada", kNeverEnds);
  const fs::path out = desk.path("out/results.json");
  fs::create_directory(out.parent_path());
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  const bool compiling = GENERATE(true, false);
  if (compiling && signal != SIGINT) return;
  const std::string when =
      compiling ? compiler_at_work(desk.bundle["compiler"].get<std::string>())
                : "student";
  INFO("signal " << signal << ", " << when << " runs");
  const Running running(
      desk.command({"one", "--submission", ada, "--out", out, "--cpu-limit",
                    "60", "--time-limit", "60"}));
  running.wait_for(when);
  running.send(signal);
  CHECK(running.status() == kInterrupted);
  CHECK(names_in(out.parent_path()).empty());
  CHECK(descendants().empty());
}

TEST_CASE("a program without its first thread does not hold up the grader") {
  GradingDesk desk;
  const fs::path ada =
      desk.hand_in("ada", read_file(fs::path(WORKBOOK_HOSTILE_FOLDER) /
                                    "ends_its_first_thread" / "stopwatch.cpp"));
  const fs::path out = desk.path("results.json");
  const std::string isolation = GENERATE("landlock", "limits");
  std::vector<std::string> words = {"one", "--submission", ada,      "--out",
                                    out,   "--isolation",  isolation};
  SECTION("it ends in its time") {
    words.insert(words.end(), {"--time-limit", "1"});
    const Result result = desk.grade(words);
    if (has(result.err, "landlock_create_ruleset()")) return;  // not here
    CHECK(result.exit_status == 0);
    // Three cases, each with two seeds.
    CHECK(result.elapsed < std::chrono::seconds(60));
  }
  SECTION("it ends when the grader is interrupted") {
    words.insert(words.end(), {"--time-limit", "60"});
    const Running running(desk.command(words));
    running.wait_for("student");
    running.send(SIGTERM);
    CHECK(running.status() == kInterrupted);
  }
  CHECK(descendants().empty());
}

TEST_CASE(
    "grade class, interrupted, keeps what it has and goes on from there") {
  GradingDesk desk;
  fs::create_directories(desk.students() / "ada");  // nothing handed in
  desk.hand_in("bob", kNeverEnds);
  desk.hand_in("eve", desk.solution());
  const fs::path out = desk.path("out");
  const int signal = GENERATE(SIGINT, SIGHUP);
  const std::vector<std::string> words = {
      "class", desk.students(), "--out", out, "--jobs", "1", "--cpu-limit",
      "60",    "--time-limit",  "60"};
  {
    const Running running(desk.command(words));
    running.wait_for("student");
    running.send(signal);
    CHECK(running.status() == kInterrupted);
    CHECK(descendants().empty());
  }
  CHECK(parse_results(read_file(out / "students/ada/results.json")).of() == 3);
  CHECK_FALSE(fs::exists(out / "students/bob/results.json"));
  CHECK_FALSE(fs::exists(out / "students/eve/results.json"));
  const std::string summary = read_file(out / "summary.md");
  CHECK(has(summary, "Graded: 1 of 3 students."));
  CHECK(has(summary, "- bob: not graded: interrupted\n"));
  CHECK(has(summary, "- eve: not graded: interrupted before its turn\n"));
  if (signal != SIGINT) return;  // the rest is the same

  desk.hand_in("bob", desk.solution());
  const Result again = desk.grade(words);
  CHECK(again.exit_status == 0);
  CHECK(has(again.out, "1 of 3 are graded already"));
  CHECK(has(again.out, "bob: 3 of 3"));
  CHECK(has(again.out, "eve: 3 of 3"));
}

TEST_CASE("grade class: a unit that is killed is no student's zero") {
  GradingDesk desk;
  desk.hand_in("ada", kNeverEnds);
  fs::create_directories(desk.students() / "bob");
  const fs::path out = desk.path("out");
  {
    const Running running(
        desk.command({"class", desk.students(), "--out", out, "--jobs", "1",
                      "--cpu-limit", "60", "--time-limit", "60"}));
    running.wait_for("student");
    running.kill_unit();
    CHECK(running.status() == kBroken);
  }
  CHECK_FALSE(fs::exists(out / "students/ada/results.json"));
  const std::string summary = read_file(out / "summary.md");
  CHECK(has(summary, "Graded: 1 of 2 students."));
  CHECK(has(summary, "- ada: not graded: the grader was ended by signal 9\n"));
}

TEST_CASE("what a killed grader leaves, the next one removes") {
  GradingDesk desk;
  const fs::path ada = desk.hand_in("ada", kNeverEnds);
  const fs::path bob = desk.hand_in("bob", desk.solution());
  const fs::path scratch = desk.path("scratch");
  fs::create_directory(scratch);
  fs::permissions(scratch, kReadableToAll);
  const Environment own = {{"TMPDIR", scratch.string()}};
  {
    Request request = desk.command({"one", "--submission", ada, "--out",
                                    desk.path("ada.json"), "--cpu-limit", "60",
                                    "--time-limit", "60"});
    request.environment = own;
    const Running running(request);
    running.wait_for("student");
    running.send(SIGKILL);
    CHECK(running.status() == 128 + SIGKILL);
    // The jail sees that, and ends the student's program.
    const auto deadline = steady_clock::now() + std::chrono::seconds(30);
    while (!descendants().empty() && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(descendants().empty());
  }
  CHECK_FALSE(names_in(scratch).empty());
  Request request = desk.command(
      {"one", "--submission", bob, "--out", desk.path("bob.json")});
  request.environment = own;
  CHECK(run(request).exit_status == 0);
  CHECK(names_in(scratch).empty());
}

TEST_CASE("grade class: who was killed beside others has another try, alone") {
  GradingDesk desk;
  desk.hand_in("ada", kNeverEnds);
  for (const char* const name : {"bob", "dan", "eve"}) {
    fs::create_directories(desk.students() / name);
  }
  const fs::path out = desk.path("out");
  const Running running(
      desk.command({"class", desk.students(), "--out", out, "--jobs", "2"}));
  running.wait_for("student");
  running.kill_unit();
  CHECK(running.status() == 0);
  CHECK(has(read_file(out / "summary.md"), "Graded: 4 of 4 students."));
}

// --- Missing or broken parts -------------------------------------------------

TEST_CASE("a manifest that cannot be read") {
  GradingDesk desk;
  desk.hand_in("ada", "");
  std::string said;
  SECTION("it is not there") {
    desk.exercise()["manifest"] = desk.path("stopwatch.ini");
    said = "cannot open " + desk.path("stopwatch.ini").string();
  }
  SECTION("it is a folder") {
    fs::create_directory(desk.path("stopwatch.ini"));
    desk.exercise()["manifest"] = desk.path("stopwatch.ini");
    said = "cannot read " + desk.path("stopwatch.ini").string();
  }
  SECTION("it makes no sense") {
    desk.exercise()["manifest"] =
        desk.write("stopwatch.ini", "chapter = 06_slow_callback\nno sense\n");
    said = "stopwatch.ini:2: expected: key = value";
  }
  check_one_broken(desk, said);
  check_broken(
      desk.grade({"class", desk.students(), "--out", desk.path("out")}), said);
}

TEST_CASE("without a compiler no student has zero points") {
  GradingDesk desk;
  desk.hand_in("ada", desk.solution());
  std::string said;
  SECTION("there is none") {
    desk.bundle["compiler"] = "/nowhere/c++";
    said =
        "the compiler /nowhere/c++: No such file or directory; "
        "'./workbook doctor'";
  }
  SECTION("it fails for everybody") {
    desk.bundle["compiler"] = "/bin/false";
    said = "not even our starter of stopwatch compiles";
  }
  SECTION("a library is missing") {
    desk.exercise()["libraries"][0] = "/nowhere/piece.a";
    said = "not even our starter of stopwatch compiles";
  }
  check_one_broken(desk, said);
}

TEST_CASE("without a compiler no student of a class is graded") {
  GradingDesk desk;
  desk.hand_in("ada", desk.solution());
  const fs::path compiler =
      desk.write("bin/compiler",
                 "#!/bin/sh\necho 'ld: no such file'\necho more\nexit 1\n");
  fs::permissions(compiler, kReadableToAll);
  desk.bundle["compiler"] = compiler;
  check_broken(
      desk.grade({"class", desk.students(), "--out", desk.path("out")}),
      "ada: not graded: not even our starter of stopwatch compiles: "
      "ld: no such file\n");
  CHECK_FALSE(fs::exists(desk.path("out/students/ada/results.json")));
}

TEST_CASE("a class without a folder, or without students") {
  GradingDesk desk;
  check_broken(
      desk.grade({"class", desk.path("none"), "--out", desk.path("out")}),
      "there is no folder " + desk.path("none").string());
  desk.write("students/list.txt", "ada");
  fs::create_directory(desk.students() / ".git");
  check_broken(
      desk.grade({"class", desk.students(), "--out", desk.path("out")}),
      "there is no folder of a student in");
}

// --- An instructor's own cases -----------------------------------------------

namespace {

fs::path tests_of(GradingDesk& desk) {
  return fs::path(desk.exercise()["starter"].get<std::string>()).parent_path();
}

// An overlay with our manifest, and a probe of the instructor's.
void write_overlay(GradingDesk& desk, const std::string& probe) {
  desk.write("overlay/stopwatch/stopwatch.ini",
             read_file(tests_of(desk) / "stopwatch.ini"));
  desk.write("overlay/stopwatch/probe.cpp", probe);
}

}  // namespace

TEST_CASE("an overlay's probe is compiled once for a class") {
  GradingDesk desk;
  desk.hand_in("ada", desk.solution());
  desk.hand_in("bob", desk.solution() + "// bob's\n");
  write_overlay(desk, read_file(tests_of(desk) / "probe.cpp"));
  // A compiler that notes its arguments in a file where it may write.
  const fs::path log = desk.path("log");
  const std::string real = desk.bundle["compiler"];
  const fs::path compiler =
      desk.write("bin/compiler", "#!/bin/sh\necho \"$*\" >> " + log.string() +
                                     " 2>&-\nexec " + real + " \"$@\"\n");
  fs::permissions(compiler, kReadableToAll);
  desk.bundle["compiler"] = compiler;
  const Result result =
      desk.grade({"class", desk.students(), "--out", desk.path("out"),
                  "--overlay", desk.path("overlay")});
  CHECK(result.exit_status == 0);
  CHECK(has(result.out, "ada: 6 of 6 points"));
  CHECK(has(result.out, "bob: 6 of 6 points"));
  std::size_t probes = 0;
  for (const std::string& line : split_lines(read_file(log))) {
    if (line.find("overlay/stopwatch/probe.cpp") != std::string::npos) ++probes;
  }
  CHECK(probes == 1);
}

TEST_CASE("results of another solution, or of other cases, are not taken") {
  GradingDesk desk;
  fs::create_directories(desk.students() / "ada");  // nothing handed in
  std::vector<std::string> words = {"class", desk.students(), "--out",
                                    desk.path("out")};
  const auto again = [&] {
    const Result result = desk.grade(words);
    CHECK(result.exit_status == 0);
    return has(result.out, "1 of 1 are graded already");
  };
  SECTION("another solution") {
    CHECK_FALSE(again());
    CHECK(again());
    desk.exercise()["solution"] =
        desk.write("solution.cpp", desk.solution() + "// better\n");
  }
  SECTION("other cases of the instructor's") {
    desk.bundle["compiler"] = "/bin/true";
    write_overlay(desk, "// one\n");
    words.insert(words.end(), {"--overlay", desk.path("overlay")});
    CHECK_FALSE(again());
    CHECK(again());
    write_overlay(desk, "// two\n");
  }
  CHECK_FALSE(again());
  CHECK(again());
}

TEST_CASE("an overlay that does not compile stops the class before it begins") {
  GradingDesk desk;
  desk.hand_in("ada", desk.solution());
  write_overlay(desk, "nonsense\n");
  check_broken(desk.grade({"class", desk.students(), "--out", desk.path("out"),
                           "--overlay", desk.path("overlay")}),
               "overlay/stopwatch/probe.cpp does not compile");
  CHECK_FALSE(fs::exists(desk.path("out/students/ada")));
}
