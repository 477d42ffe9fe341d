// What passes check passes grade, or the page says in words which rule it
// broke.
#include <filesystem>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/class/pages.hpp"
#include "tests/grader/class/results.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/tests/grading_desk.hpp"

namespace {

namespace fs = std::filesystem;
using namespace grader;

const std::string kContract =
    "#include \"chapters/06_slow_callback/exercises/stopwatch.hpp\"\n";

// Our solution, with other words instead of the one that includes the contract.
std::string includes(GradingDesk& desk, const std::string& words) {
  std::string text = desk.solution();
  REQUIRE(text.find(kContract) != std::string::npos);
  return text.replace(text.find(kContract), kContract.size(), words);
}

ExerciseResult graded(const GradingDesk& desk, const std::string& text) {
  const fs::path out = desk.path("results.json");
  const Result result =
      desk.grade({"one", "--submission", desk.hand_in("ada", text), "--out",
                  out, "--seed", "7"});
  INFO(result.err);
  REQUIRE(result.exit_status == 0);
  return parse_results(read_file(out)).exercises.at(0);
}

std::string utf16(const std::string& text) {
  std::string wide = "\xff\xfe";
  for (const char c : text) wide += std::string{c, '\0'};
  return wide;
}

}  // namespace

TEST_CASE("what check compiles, grade compiles") {
  GradingDesk desk;
  const std::string solution = desk.solution();
  std::string warnings = solution;
  for (int i = 0; i < 4000; ++i) {
    warnings += "static int f" + std::to_string(i) +
                "(int a) { int b; return 1u > a; }\n";
  }
  const auto [what, text] = GENERATE_REF(table<std::string, std::string>({
      {"the contract, beside the file",
       includes(desk, "#include \"stopwatch.hpp\"\n")},
      {"a chapter's header, from the file's folder",
       includes(desk,
                "#include \"../event_loop.hpp\"\n"
                "#include \"../../02_event_loop/event_loop.hpp\"\n"
                "#include \"stopwatch.hpp\"\n")},
      {"a mark of UTF-8", "\xef\xbb\xbf" + solution},
      {"more than a megabyte of warnings", warnings},
  }));
  INFO(what);
  const ExerciseResult result = graded(desk, text);
  INFO(result.message);
  CHECK(result.score() == 3);
}

TEST_CASE("a page says which rule a file has broken") {
  GradingDesk desk;
  const std::string solution = desk.solution();
  const auto [text, told] = GENERATE_REF(table<std::string, std::string>({
      {utf16(solution),
       "stopwatch.cpp is saved as UTF-16\n  why   compilers read UTF-8"},
      {"#include \"mine.hpp\"\n" + solution, "an answer is one file."},
      {"#include \"tests/catch.hpp\"\n" + solution, "an answer is one file."},
      // Eight million types.
      {solution + "template <int n, int m> struct F { static constexpr long v ="
                  " F<n - 1, m * 2>::v + F<n - 1, m * 2 + 1>::v; };\n"
                  "template <int m> struct F<0, m> { static constexpr long v ="
                  " m; };\nlong use = F<23, 1>::v;\n",
       "than 640 MB of memory"},
      // GCC's assembler writes too large a file, Clang needs too much memory.
      {solution + "int a[300'000'000] = {1};\n", "was stopped "},
  }));
  const ExerciseResult result = graded(desk, text);
  INFO(result.message);
  CHECK(result.state == state::kDoesNotCompile);
  CHECK(has(result.message, told));
  CHECK_FALSE(has(result.message, "bug report"));
  CHECK_FALSE(has(result.message, "signal"));
  CHECK(has(result.message, "read  book, chapter 6"));
}

TEST_CASE("a page says which rule a program has broken") {
  GradingDesk desk;
  const std::string starter =
      read_file(desk.exercise()["starter"].get<std::string>());
  const auto [text, rule] = GENERATE_REF(table<std::string, std::string>({
      {"static int s = ::socket(AF_INET, SOCK_STREAM, 0);",
       "it tried to open a socket"},
      {"static int s = [] { for (;;) std::thread([] { ::pause(); }).detach(); "
       "return 0; }();",
       "'Resource temporarily unavailable': a case has at most 64"},
      {"static int s = [] { std::filesystem::permissions(\".\", "
       "std::filesystem::perms::all); return 0; }();",
       "'Operation not permitted': a case opens no socket"},
      {"static int s = std::filesystem::create_directory(\"/tmp/mine\");",
       "a case opens no socket, writes only below"},
  }));
  const ExerciseResult result =
      graded(desk,
             "#include <sys/socket.h>\n#include <unistd.h>\n"
             "#include <filesystem>\n#include <thread>\n" +
                 starter + text + "\n");
  INFO(result.cases.at(0).message);
  CHECK(has(result.cases.at(0).message, "  rule  "));
  CHECK(has(result.cases.at(0).message, rule));
}

TEST_CASE("of many messages the first are told, and how to go on") {
  GradingDesk desk;
  std::string text = desk.solution();
  for (int i = 0; i < 300; ++i) text += "int x = nothing_of_that_name;\n";
  const ExerciseResult result = graded(desk, text);
  CHECK(result.message.size() < (10U << 10U));
  CHECK(has(result.message, "(and more)"));
  CHECK(has(result.message, "read  book, chapter 6"));
}

TEST_CASE("a page has no names of this machine, and is the same again") {
  GradingDesk desk;
  const std::string text = GENERATE_REF(
      desk.solution() + "int main() {}\n",
      includes(desk, kContract + "#include <cassert>\n#include <cstdio>\n"
                                 "#include <unistd.h>\n"
                                 "static int here = std::fprintf(stderr, "
                                 "\"in %s\\n\", getcwd(nullptr, 0));\n"
                                 "#define debug() debug(); assert(here < 0)\n"),
      kContract + "void f();\nint x = (f(), 1);\n");
  const ExerciseResult one = graded(desk, text);
  const ExerciseResult two = graded(desk, text);
  Results results;
  results.exercises = {one};
  const std::string page =
      student_page({"ada", results, ""}, PageForm::markdown);
  results.exercises = {two};
  CHECK(page == student_page({"ada", results, ""}, PageForm::markdown));
  CHECK(one.score() < 3);
  CHECK_FALSE(has(page, fs::temp_directory_path().string() + "/"));
  CHECK_FALSE(has(page, desk.bundle["root"].get<std::string>()));
}
