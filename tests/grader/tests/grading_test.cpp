// The input and output of grading; hostile_test.cpp runs submissions.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/class/class_run.hpp"
#include "tests/grader/class/intake.hpp"
#include "tests/grader/class/results.hpp"
#include "tests/grader/jail/sandbox.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/process.hpp"

namespace {

namespace fs = std::filesystem;
using namespace grader;

struct Desk {
  Exercise exercise;
  ScratchDirectory folder;

  Desk() {
    exercise.manifest.id = "stopwatch";
    exercise.learner = "chapters/06_slow_callback/exercises/stopwatch.cpp";
  }
  fs::path file(const std::string& name) const { return folder.path() / name; }
  Intake take() const { return take_in(folder.path(), {&exercise}); }
  TakenFile taken() const { return take().files.at(0); }
};

Results some_results() {
  Results results;
  results.seed = 9007199254740991;
  results.bundle = "00ff";
  results.isolation = "bwrap";
  results.ignored = {"Makefile"};
  results.elapsed = std::chrono::milliseconds(1500);
  ExerciseResult exercise;
  exercise.id = "stopwatch";
  exercise.title = "The stopwatch";
  exercise.state = state::kGraded;
  exercise.cases = {{"one", "the first", 2, 2, ""},
                    {"two", "the second", 0, 3, "got <b>\n"}};
  exercise.flags = {"left processes behind"};
  results.exercises = {exercise};
  return results;
}

}  // namespace

TEST_CASE("A file is taken from the top or from its chapter's folder") {
  Desk desk;
  CHECK(desk.taken().where.empty());
  fs::create_directories(desk.file("chapters/06_slow_callback/exercises"));
  write_file(desk.file(desk.exercise.learner), "chapter's");
  CHECK(desk.taken().text == "chapter's");
  write_file(desk.file("stopwatch.cpp"), "top's");
  CHECK(desk.taken().text == "top's");
  CHECK(desk.take().ignored == std::vector<std::string>{desk.exercise.learner});
}

TEST_CASE("Only plain files of a modest size are taken") {
  Desk desk;
  const fs::path file = desk.file("stopwatch.cpp");
  SECTION("a link") {
    write_file(desk.file("other.cpp"), "x");
    fs::create_symlink("other.cpp", file);
    CHECK(desk.taken().refusal == "is a link");
  }
  SECTION("a link among its folders") {
    fs::create_directories(desk.file("real/06_slow_callback/exercises"));
    write_file(desk.file("real/06_slow_callback/exercises/stopwatch.cpp"), "x");
    fs::create_directory_symlink("real", desk.file("chapters"));
    CHECK_FALSE(desk.taken().text);
  }
  SECTION("a folder") {
    fs::create_directory(file);
    CHECK(desk.taken().refusal == "is not a plain file");
  }
  SECTION("a pipe without a writer") {
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK(desk.taken().refusal == "is not a plain file");
  }
  SECTION("a file of the largest size, and of one byte more") {
    write_file(file, std::string(kLargestFile, ' '));
    CHECK(desk.taken().text);
    write_file(file, std::string(kLargestFile + 1, ' '));
    CHECK(desk.taken().refusal == "has more than 256 KiB");
  }
}

TEST_CASE("Ignored files are listed as text, and only so many") {
  Desk desk;
  write_file(desk.file("CMakeLists.txt"), "");
  write_file(desk.file("a\nb\xff"), "");
  fs::create_symlink("/etc", desk.file("etc"));
  CHECK(desk.take().ignored == std::vector<std::string>{"CMakeLists.txt",
                                                        "a\\nb\\xff",
                                                        "etc (a link)"});
  for (int i = 0; i < 100; ++i) {
    write_file(desk.file("z" + std::to_string(i)), "");
  }
  CHECK(desk.take().ignored.size() == 51);
  CHECK(desk.take().ignored.back() == "and 53 more");
}

TEST_CASE("Results come back as they were written") {
  const Results results = some_results();
  const std::string text = as_json(results);
  const Results again = parse_results(text);
  CHECK(again.score() == 2);
  CHECK(again.of() == 5);
  CHECK(as_json(again) == text);
  CHECK_THROWS_AS(parse_results(text.substr(0, 300)), std::runtime_error);
  CHECK_THROWS_AS(parse_results("{\"format\": 7}"), std::runtime_error);
}

TEST_CASE("Gradescope sees the cases, students see no flags") {
  const std::string text = as_gradescope(some_results());
  CHECK(text.find("\"score\": 2") != std::string::npos);
  CHECK(text.find("\"name\": \"stopwatch: the second\"") != std::string::npos);
  CHECK(text.find("left processes") > text.find("extra_data"));
}

TEST_CASE("A file is written whole or not at all") {
  const ScratchDirectory folder;
  const fs::path file = folder.path() / "results.json";
  write_whole(file, "one");
  write_whole(file, "two");
  CHECK(read_file(file) == "two");
  CHECK_THROWS_AS(write_whole(folder.path() / "no/such.json", "x"),
                  std::system_error);
  CHECK(std::distance(fs::directory_iterator(folder.path()),
                      fs::directory_iterator()) == 1);
}

TEST_CASE("The time left is by what was done in this run") {
  using std::chrono::seconds;
  CHECK(time_left(seconds(10), 0, 20).empty());
  CHECK(time_left(seconds(10), 2, 25) == "2:05");
  CHECK(time_left(seconds(10), 10, 1) == "0:01");
  CHECK(time_left(seconds(10), 2, 0).empty());
}

TEST_CASE("The pages of a class") {
  std::vector<Student> students = {{"=cmd|' /C calc'!A0", some_results(), ""},
                                   {"b", {}, "no compiler, \"c++\""}};
  SECTION("no field of the table is a formula") {
    CHECK(class_csv(students) ==
          "student,score,max_score,flags,error,stopwatch\n"
          "\"'=cmd|' /C calc'!A0\",2,5,\"stopwatch: left processes "
          "behind\",,2\n"
          "\"b\",,,,\"no compiler, \"\"c++\"\"\"\n");
  }
  SECTION("a student's text is a block in the page") {
    const std::string page = student_page(students[0]);
    CHECK(page.find("\n    got <b>\n") != std::string::npos);
    CHECK(page.find("# =cmd\\|' /C calc'\\!A0: 2 of 5 points") == 0);
  }
  SECTION("the summary names what fails most and who has no grade") {
    const std::string page = summary_page(students, 7);
    CHECK(page.find("| 1 | stopwatch: the second |") != std::string::npos);
    CHECK(page.find("the first") == std::string::npos);
    CHECK(page.find("1 of 2 students graded, seed 7.") != std::string::npos);
    CHECK(page.find("no compiler") != std::string::npos);
  }
  SECTION("a file that is not there fails no case, and takes one line") {
    students[0].results->exercises[0].state = state::kMissing;
    students[0].results->exercises[0].message = "there is no stopwatch.cpp";
    students[0].results->exercises[0].cases[0].score = 0;
    const std::string page = summary_page(students, 7);
    CHECK(page.find("What fails most") == std::string::npos);
    CHECK(page.find("## Files that were not run\n") != std::string::npos);
    CHECK(page.find("| 1 | stopwatch: missing |") != std::string::npos);
    const std::string own = student_page(students[0]);
    CHECK(own.find("\n\n## Not handed in\n\n"
                   "- The stopwatch: 0 of 5, there is no stopwatch.cpp\n") !=
          std::string::npos);
    CHECK(own.find("## The stopwatch") == std::string::npos);
  }
}

// These tests need the built exercise stopwatch. None of them compiles a
// student's file, so they are quick; hostile_test.cpp does.
namespace {

Result grader_runs(const std::string& command,
                   const std::vector<std::string>& words) {
  const char* const bundle = std::getenv("WORKBOOK_BUNDLE");
  REQUIRE(bundle != nullptr);
  Request request;
  const fs::path build = fs::path(bundle).parent_path().parent_path();
  request.program = build / "bin" / "grader";
  request.arguments = {"--bundle", bundle, command};
  request.arguments.insert(request.arguments.end(), words.begin(), words.end());
  return run(request);
}

Result grader_says(std::vector<std::string> words) {
  words.insert(words.begin() + 1, {"--exercise", "stopwatch"});
  return grader_runs("grade", words);
}

}  // namespace

TEST_CASE("grade one: the status tells a student's zero from our failure") {
  const ScratchDirectory folder;
  const std::string out = folder.path() / "results.json";
  SECTION("an empty folder has no points") {
    const fs::path empty = folder.path() / "empty";
    fs::create_directory(empty);
    const Result result = grader_says(
        {"one", "--submission", empty, "--out", out, "--seed", "7"});
    CHECK(result.exit_status == 0);
    const Results results = parse_results(read_file(out));
    CHECK(results.seed == 7);
    CHECK(results.score() == 0);
    CHECK(results.of() > 0);
    CHECK(results.exercises.at(0).state == state::kMissing);
  }
  SECTION("no folder at all is no zero") {
    const Result result = grader_says(
        {"one", "--submission", folder.path() / "none", "--out", out});
    CHECK(result.exit_status == 3);
    CHECK(result.err.find("none") != std::string::npos);
    CHECK_FALSE(fs::exists(out));
  }
  SECTION("isolation is required, and limits are asked for") {
    const Result result =
        grader_says({"one", "--submission", folder.path(), "--out", out,
                     "--isolation", "limits", "--require-isolation"});
    CHECK(result.exit_status == 3);
    CHECK_FALSE(fs::exists(out));
  }
  SECTION("without isolation it warns") {
    const Result result = grader_says({"one", "--submission", folder.path(),
                                       "--out", out, "--isolation", "limits"});
    CHECK(result.exit_status == 0);
    CHECK(result.err.find("isolation: none.") != std::string::npos);
  }
  SECTION("a command line that makes no sense") {
    CHECK(grader_says({"one"}).exit_status == 2);
    CHECK(grader_says({"both"}).exit_status == 2);
    CHECK(grader_says(
              {"one", "--submission", "x", "--out", "y", "--isolation", "none"})
              .exit_status == 2);
  }
}

TEST_CASE("A class is its plain folders, in the order of their names") {
  const ScratchDirectory folder;
  CHECK_THROWS_AS(students_in(folder.path()), GraderError);
  for (const char* const name : {"eve", "ada", ".git"}) {
    fs::create_directory(folder.path() / name);
  }
  fs::create_directory_symlink("ada", folder.path() / "link");
  write_file(folder.path() / "list.txt", "");
  write_file(folder.path() / ".hidden", "");
  const Class found = students_in(folder.path());
  CHECK(found.students == std::vector<std::string>{"ada", "eve"});
  CHECK(found.others == std::vector<std::string>{"link", "list.txt"});
  CHECK_THROWS_AS(students_in(folder.path() / "none"), GraderError);
}

TEST_CASE("export leaves out folders that are not students'") {
  const ScratchDirectory folder;
  const fs::path students = folder.path() / "students";
  for (const char* const name : {"ada", ".git"}) {
    fs::create_directories(students / name);
    write_file(students / name / "stopwatch.cpp", "something\n");
  }
  const fs::path out = folder.path() / "out";
  const Result result = grader_runs("export", {students, "--out", out});
  CHECK(result.exit_status == 0);
  CHECK(result.out == "stopwatch: 1 submission\n");
  const fs::path taken = out / "stopwatch/submissions";
  CHECK(read_file(taken / "ada/stopwatch.cpp") == "something\n");
  CHECK_FALSE(fs::exists(taken / ".git"));
}

TEST_CASE("grade class: a second run grades no student twice") {
  const ScratchDirectory folder;
  const fs::path students = folder.path() / "students";
  const fs::path out = folder.path() / "out";
  for (const char* const name : {"ada", "bob"}) {
    fs::create_directories(students / name);
  }
  CHECK(grader_says({"class", students, "--out", out}).exit_status == 0);
  const std::string ada = read_file(out / "ada/results.json");
  fs::create_directories(students / "eve");
  write_file(students / "list.txt", "eve");
  const Result again = grader_says({"class", students, "--out", out});
  CHECK(again.exit_status == 0);
  CHECK(again.err.find("list.txt is no folder, and is left out\n") !=
        std::string::npos);
  CHECK(again.out.find("2 of 3 are graded already") != std::string::npos);
  CHECK(again.out.find("ada: ") == std::string::npos);
  CHECK(again.out.find("eve: 0 of ") != std::string::npos);
  CHECK(read_file(out / "ada/results.json") == ada);
  CHECK(parse_results(read_file(out / "eve/results.json")).seed ==
        parse_results(ada).seed);
  CHECK(read_file(out / "class.csv").find("\"eve\",0,") != std::string::npos);
  const Result other =
      grader_says({"class", students, "--out", out, "--seed", "5"});
  CHECK(other.out.find("already") == std::string::npos);
}

TEST_CASE("grade class: results of something else are not taken") {
  const ScratchDirectory folder;
  const fs::path students = folder.path() / "students";
  const fs::path out = folder.path() / "out";
  fs::create_directories(students / "ada");
  std::vector<std::string> words = {"class", students, "--out", out};
  const auto again = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = words;
    all.insert(all.end(), more.begin(), more.end());
    const Result result = grader_says(all);
    CHECK(result.exit_status == 0);
    return result.out.find("1 of 1 are graded already") != std::string::npos;
  };
  CHECK_FALSE(again({}));
  CHECK(again({}));
  SECTION("other limits") {
    CHECK_FALSE(again({"--time-limit", "9"}));
    CHECK(again({"--time-limit", "9"}));
    CHECK_FALSE(again({"--time-limit", "9", "--cpu-limit", "4"}));
    CHECK_FALSE(again({}));
    CHECK_FALSE(again({"--memory-limit", "400"}));
  }
  SECTION("an isolation that was asked for, and none at all") {
    const std::string best =
        parse_results(read_file(out / "ada/results.json")).isolation;
    const bool only_limits = best == "limits";
    CHECK(again({"--isolation", best}));
    CHECK(again({"--isolation", "limits"}) == only_limits);
    CHECK(again({"--isolation", "limits"}));
    CHECK(again({}) == only_limits);
  }
  SECTION("another file of the student") {
    write_file(students / "ada/stopwatch.cpp", std::string(1U << 19U, ' '));
    CHECK_FALSE(again({}));  // refused because of its size
    CHECK(again({}));
    const fs::path starter =
        read_bundle(std::getenv("WORKBOOK_BUNDLE")).find("stopwatch").starter;
    fs::copy_file(starter, students / "ada/stopwatch.cpp",
                  fs::copy_options::overwrite_existing);
    CHECK_FALSE(again({}));
    CHECK(parse_results(read_file(out / "ada/results.json"))
              .exercises.at(0)
              .state == state::kNotStarted);
    CHECK(again({}));
    fs::remove(students / "ada/stopwatch.cpp");
    CHECK_FALSE(again({}));
  }
}

TEST_CASE("grade class: a student who cannot be graded holds up no other") {
  const ScratchDirectory folder;
  const fs::path students = folder.path() / "students";
  const fs::path out = folder.path() / "out";
  for (const char* const name : {"ada", "bob", "eve"}) {
    fs::create_directories(students / name);
  }
  fs::create_directory(out);
  write_file(out / "ada", "no folder");
  fs::create_directories(out / "bob/grader.log");  // a folder, not a file
  const Result result = grader_says({"class", students, "--out", out});
  CHECK(result.exit_status == 3);
  CHECK(result.out.find("ada: not graded: ") != std::string::npos);
  CHECK(result.out.find("bob: not graded: ") != std::string::npos);
  CHECK(result.out.find("eve: 0 of ") != std::string::npos);
  CHECK(read_file(out / "class.csv").find("\"eve\",0,") != std::string::npos);
  CHECK(read_file(out / "summary.md").find("1 of 3 students graded") !=
        std::string::npos);
}

TEST_CASE("an overlay may be for other exercises only") {
  const ScratchDirectory folder;
  const fs::path ada = folder.path() / "students/ada";
  const fs::path overlay = folder.path() / "overlay";
  fs::create_directories(ada);
  fs::create_directories(overlay / "once_filter");
  // The grader reads neither of them.
  write_file(overlay / "once_filter/once_filter.ini", "no sense");
  write_file(overlay / "once_filter/probe.cpp", "nonsense");
  const fs::path out = folder.path() / "out";
  fs::create_directory(out);
  CHECK(grader_says({"one", "--submission", ada, "--out", out / "one.json",
                     "--overlay", overlay})
            .exit_status == 0);
  CHECK(grader_says({"class", ada.parent_path(), "--out", out / "class",
                     "--overlay", overlay})
            .exit_status == 0);
}

TEST_CASE("Isolations have names") {
  CHECK(isolation_named("landlock") == Isolation::landlock);
  CHECK(name_of(Isolation::limits) == "limits");
  CHECK_THROWS_AS(isolation_named("none"), std::invalid_argument);
}
