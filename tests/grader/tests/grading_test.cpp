// The input and output of grading; hostile_test.cpp runs submissions.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/class/class_run.hpp"
#include "tests/grader/class/intake.hpp"
#include "tests/grader/class/pages.hpp"
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
    CHECK(desk.taken().where ==
          "real/06_slow_callback/exercises/stopwatch.cpp");
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

TEST_CASE("A file in another folder, or with other capitals, is found") {
  Desk desk;
  const auto put = [&](const std::string& name) {
    fs::create_directories(desk.file(name).parent_path());
    write_file(desk.file(name), name);
  };
  SECTION("the repository, as it comes out of a zip") {
    put("workbook-main/" + desk.exercise.learner);
    put("workbook-main/stopwatch.cpp");
    put("workbook-main/solutions/06_slow_callback/stopwatch.cpp");
    CHECK(desk.taken().text == "workbook-main/" + desk.exercise.learner);
    CHECK(desk.taken().elsewhere);
  }
  SECTION("one folder too many") {
    put("homework/week 6/stopwatch.cpp");
    CHECK(desk.taken().where == "homework/week 6/stopwatch.cpp");
  }
  SECTION("capitals") {
    put("Stopwatch.CPP");
    CHECK(desk.taken().where == "Stopwatch.CPP");
    CHECK(desk.taken().elsewhere);
    put("stopwatch.cpp");
    CHECK(desk.taken().where == "stopwatch.cpp");
    CHECK_FALSE(desk.taken().elsewhere);
  }
  SECTION("our solution is no answer, nor what git keeps") {
    put("workbook-main/solutions/06_slow_callback/stopwatch.cpp");
    put(".git/stopwatch.cpp");
    CHECK(desk.taken().where.empty());
    CHECK(desk.taken().similar.empty());
  }
  SECTION("a link is none") {
    put("homework/other.cpp");
    fs::create_symlink("other.cpp", desk.file("homework/stopwatch.cpp"));
    CHECK(desk.taken().where.empty());
  }
  SECTION("of two, it takes none, and names both") {
    put("new/stopwatch.cpp");
    put("old/stopwatch.cpp");
    CHECK(desk.taken().where.empty());
    CHECK(desk.taken().similar ==
          std::vector<std::string>{"new/stopwatch.cpp", "old/stopwatch.cpp"});
  }
  SECTION("a name that only resembles it is named") {
    put("stopwatch (1).cpp");
    put("stopwatch.hpp");
    CHECK(desk.taken().where.empty());
    CHECK(desk.taken().similar ==
          std::vector<std::string>{"stopwatch (1).cpp"});
  }
}

namespace {

// An ordinary user, if we are root.
class OrdinaryUser {
 public:
  OrdinaryUser() {
    if (was_root_) REQUIRE(::seteuid(65534) == 0);
  }
  OrdinaryUser(const OrdinaryUser&) = delete;
  OrdinaryUser& operator=(const OrdinaryUser&) = delete;
  ~OrdinaryUser() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool was_root_ = ::geteuid() == 0;
};

}  // namespace

TEST_CASE("A file that the grader may not read is not the student's fault") {
  Desk desk;
  fs::permissions(desk.folder.path(), kReadableToAll);
  const std::string name =
      GENERATE("stopwatch.cpp", "chapters/06_slow_callback", "homework");
  INFO(name);
  if (name == "stopwatch.cpp") {
    write_file(desk.file(name), "");
  } else {
    fs::create_directories(desk.file(name));
  }
  fs::permissions(desk.file(name), fs::perms::none);
  {
    const OrdinaryUser user;
    CHECK_THROWS_WITH(desk.take(),
                      Catch::Matchers::StartsWith(name) &&
                          Catch::Matchers::EndsWith(
                              " cannot be read: Permission denied. Give the "
                              "grader the right to read it"));
  }
  fs::permissions(desk.file(name), fs::perms::owner_all);
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
  CHECK(text.find("\"execution_time\": 2,") != std::string::npos);  // of 1.5 s
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
  SECTION("a student's page has points and stories, and nothing else") {
    CHECK(student_page(students[0], PageForm::markdown) ==
          "# =cmd\\|' /C calc'\\!A0: 2 of 5 points\n"
          "\n## The stopwatch: 2 of 5 points\n"
          "\n    got <b>\n");
    const std::string html = student_page(students[0], PageForm::html);
    CHECK(html.find("<h2>The stopwatch: 2 of 5 points</h2>\n"
                    "<pre>got &lt;b&gt;\n</pre>\n</html>\n") !=
          std::string::npos);
    students[0].name = "<script>\xe2\x80\xae";
    CHECK(student_page(students[0], PageForm::html)
              .find("<h1>&lt;script&gt;\\u202e: 2 of 5 points</h1>") !=
          std::string::npos);
  }
  SECTION("complete exercises take a line, and what was not handed in") {
    ExerciseResult& exercise = students[0].results->exercises[0];
    exercise.cases[1].score = 3;
    exercise.cases[1].message.clear();
    ExerciseResult other = exercise;
    other.state = state::kMissing;
    other.message = "there is no other.cpp";
    other.cases = {{"one", "the first", 0, 4, ""}};
    students[0].results->exercises.push_back(other);
    CHECK(student_page(students[0], PageForm::markdown)
              .ends_with("9 points\n"
                         "\n## Complete\n\n- The stopwatch: 5 of 5 points\n"
                         "\n## Not handed in\n\n"
                         "- The stopwatch: 0 of 4 points, there is no "
                         "other.cpp\n"));
  }
  SECTION("a file that was found elsewhere, and was not run") {
    ExerciseResult& exercise = students[0].results->exercises[0];
    exercise.state = state::kRefused;
    exercise.from = "a_b/stopwatch.cpp";
    exercise.message = "it has more than 256 KiB";
    exercise.cases = {{"one", "the first", 0, 2, ""}};
    CHECK(student_page(students[0], PageForm::markdown)
              .ends_with("\n## The stopwatch: 0 of 2 points\n"
                         "\nYour file was found in another place: "
                         "a\\_b/stopwatch.cpp\n"
                         "\nIt was not run: it has more than 256 KiB.\n"));
    const std::string page = summary_page(students, {}, 7);
    CHECK(page.find("calc'\\!A0: a\\_b/stopwatch.cpp\n") != std::string::npos);
    CHECK(page.find("left processes behind; it has more than 256 KiB\n") !=
          std::string::npos);
  }
  SECTION("the summary begins with what matters") {
    students.push_back({"c", some_results(), ""});
    students[2].results->exercises[0].flags.clear();
    students[2].results->exercises[0].cases[0].score = 1;
    CHECK(summary_page(students, {{".git", "hidden"}}, 7) ==
          "# The class\n\n"
          "Graded: 2 of 3 students. Median: 1.5 of 5 points. To look at: 2.\n"
          "\nFailed most often: stopwatch: the second (2 of 2 students).\n"
          "\n## To look at\n\n"
          "- =cmd\\|' /C calc'\\!A0: stopwatch: left processes behind\n"
          "- b: not graded: no compiler, \"c++\"\n"
          "\n## What fails most\n\n| Students | Case |\n|---:|---|\n"
          "| 2 | stopwatch: the second |\n| 1 | stopwatch: the first |\n"
          "\n## Left out of the class\n\n- .git: hidden\n"
          "\n## This run\n\nSeed 7. Isolation: bwrap.\n");
  }
  SECTION("a complete exercise whose file was found elsewhere") {
    ExerciseResult& exercise = students[0].results->exercises[0];
    exercise.cases[1].score = 3;
    exercise.from = "Stopwatch.cpp";
    CHECK(student_page(students[0], PageForm::markdown)
              .ends_with("- The stopwatch: 5 of 5 points, found as "
                         "Stopwatch.cpp\n"));
  }
  SECTION("flags that begin in the same way are one") {
    students[0].results->exercises[0].flags = {
        "fails hidden: one", "fails hidden: two", "left processes behind"};
    CHECK(summary_page(students, {}, 7)
              .find("calc'\\!A0: stopwatch: fails hidden: one, two; stopwatch: "
                    "left processes behind\n") != std::string::npos);
  }
  SECTION("of many names the first ones are there") {
    students[0].results->exercises[0].state = state::kMissing;
    students[0].name = "c";
    students.resize(1);
    for (int i = 0; i < 11; ++i) students.push_back(students[0]);
    CHECK(summary_page(students, {}, 7)
              .find("| 12 | stopwatch: missing | c, c, c, c, c, c, c, c, c, c "
                    "and 2 more |\n") != std::string::npos);
  }
  SECTION("a file that is not there fails no case") {
    students[0].results->exercises[0].state = state::kMissing;
    students[0].results->exercises[0].cases[0].score = 0;
    const std::string page = summary_page(students, {}, 7);
    CHECK(page.find("What fails most") == std::string::npos);
    CHECK(page.find("Failed most often") == std::string::npos);
    CHECK(page.find("| 1 | stopwatch: missing | =cmd\\|' /C calc'\\!A0 |\n") !=
          std::string::npos);
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
  SECTION("a seed that makes no sense") {
    const auto [seed, why] =
        GENERATE(std::pair("1", "students know the inputs of 1, which check"),
                 std::pair("0", "students know the inputs"),
                 std::pair("-1", "--seed '-1': a whole number from 2 to"),
                 std::pair(" 7", "a whole number"), std::pair("1e6", "a whole"),
                 std::pair("9007199254740992", "to 9007199254740991"),
                 std::pair("99999999999999999999999", "a whole number"));
    INFO(seed);
    const fs::path students = folder.path() / "students";
    fs::create_directories(students / "ada");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"one", "--submission", students / "ada",
                                   "--out", out},
          {"class", students, "--out", out + "-of-class"}}) {
      std::vector<std::string> all = words;
      all.push_back(std::string("--seed=") + seed);
      const Result result = grader_says(all);
      CHECK(result.exit_status == 2);
      INFO(result.err);
      CHECK(result.err.find(why) != std::string::npos);
    }
    CHECK_FALSE(fs::exists(out));
  }
  SECTION("it says how it is used") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--help"},
          {"-h"},
          {"one", "--help"},
          {"class", "--help"}}) {
      const Result result = grader_runs("grade", words);
      CHECK(result.exit_status == 0);
      CHECK(result.out.starts_with("Usage: grader grade "));
      CHECK(result.err.empty());
    }
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
  CHECK(found.others == std::vector<Class::Other>{
                            {".git", "hidden: its name begins with a dot"},
                            {"link", "a link"},
                            {"list.txt", "no folder"}});
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
  const std::string ada = read_file(out / "students/ada/results.json");
  fs::create_directories(students / "eve");
  write_file(students / "list.txt", "eve");
  const Result again = grader_says({"class", students, "--out", out});
  CHECK(again.exit_status == 0);
  CHECK(again.err.find("list.txt is left out (no folder)\n") !=
        std::string::npos);
  CHECK(again.out.find("2 of 3 are graded already") != std::string::npos);
  CHECK(again.out.find("ada: ") == std::string::npos);
  CHECK(again.out.find("eve: 0 of ") != std::string::npos);
  CHECK(read_file(out / "students/ada/results.json") == ada);
  CHECK(parse_results(read_file(out / "students/eve/results.json")).seed ==
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
        parse_results(read_file(out / "students/ada/results.json")).isolation;
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
    CHECK(parse_results(read_file(out / "students/ada/results.json"))
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
  fs::create_directories(out / "students/bob/grader.log");  // no file
  write_file(out / "students/ada", "no folder");
  const Result result = grader_says({"class", students, "--out", out});
  CHECK(result.exit_status == 3);
  CHECK(result.out.find("ada: not graded: ") != std::string::npos);
  CHECK(result.out.find("bob: not graded: ") != std::string::npos);
  CHECK(result.out.find("eve: 0 of ") != std::string::npos);
  CHECK(read_file(out / "class.csv").find("\"eve\",0,") != std::string::npos);
  CHECK(read_file(out / "summary.md").find("Graded: 1 of 3 students.") !=
        std::string::npos);
  // Nothing that another student did could be the reason.
  CHECK(result.out.find("Once more, alone: ada, bob\n") != std::string::npos);
}

TEST_CASE("grade class: a student may have the name of one of our files") {
  const ScratchDirectory folder;
  const fs::path students = folder.path() / "students";
  const fs::path out = folder.path() / "out";
  const std::vector<std::string> names = {"class.csv", "class.json", "students",
                                          "summary.md"};
  for (const std::string& name : names) {
    fs::create_directories(students / name);
  }
  CHECK(grader_says({"class", students, "--out", out}).exit_status == 0);
  for (const std::string& name : names) {
    CHECK(fs::exists(out / "students" / name / "page.html"));
  }
  CHECK(read_file(out / "class.csv").find("\"class.csv\",0,") !=
        std::string::npos);
}

TEST_CASE("results in the folder of the class would be graded next time") {
  const ScratchDirectory folder;
  const fs::path students = folder.path() / "students";
  fs::create_directories(students / "ada");
  for (const fs::path& out :
       {students, students / "", students / "out", students / "ada/out",
        folder.path() / "other/../students/out"}) {
    INFO(out);
    for (const Result& result :
         {grader_says({"class", students, "--out", out}),
          grader_runs("export", {students, "--out", out})}) {
      CHECK(result.exit_status == 2);
      CHECK(result.err.find("is in the folder of the class") !=
            std::string::npos);
    }
  }
  CHECK(std::distance(fs::recursive_directory_iterator(students),
                      fs::recursive_directory_iterator()) == 1);
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
