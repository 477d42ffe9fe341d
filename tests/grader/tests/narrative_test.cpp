// The learner's stories, letter by letter.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace {

using namespace grader;

const std::string kSteps =
    "step\ta loop with slow_callback_duration = 100 ms\n"
    "step\tcall_soon(work); work blocks for exactly 100 ms\n";
const std::string kWarning =
    "WARNING: Executing <Handle work()> took 0.100 seconds";

Exercise exercise() {
  Exercise result;
  result.manifest.id = "slow_callback";
  result.manifest.chapter = "06_slow_callback";
  result.manifest.heading = "What counts as slow";
  return result;
}
CaseRun run_of(const std::string& report) {
  CaseRun run;
  run.process.report = report;
  run.lines = parse_report(report);
  return run;
}
CaseVerdict verdict_on(CaseRun got) {
  return compare_case(
      {"at_the_limit", "warn at the limit", 5,
       "equal to the limit counts as slow: the comparison is >="},
      run_of(kSteps + "see\tthe warning\t" + kWarning + "\nend\n"),
      std::move(got));
}
std::string story_of(CaseRun got, std::size_t width = 81) {
  return story(exercise(), verdict_on(std::move(got)), Style{.width = width});
}
// Only the lines from the one that differs to the reason.
std::string middle_of(CaseRun got) {
  const std::string text = story_of(std::move(got));
  const std::size_t begin = text.find("\n>") + 1;
  return text.substr(begin, text.find("  why") - begin);
}

}  // namespace

TEST_CASE("the form of a story") {
  CHECK(story_of(run_of(kSteps + "see\tthe warning\t\nend\n"), 85) ==
        "slow_callback: warn at the limit" + std::string(40, ' ') +
            R"(0 of 5 points
  1. a loop with slow_callback_duration = 100 ms
  2. call_soon(work); work blocks for exactly 100 ms
> 3. the warning
       expected  WARNING: Executing <Handle work()> took 0.100 seconds
       got       (nothing)
  why   equal to the limit counts as slow: the comparison is >=
  read  book, chapter 6, "What counts as slow"    hint  ./workbook hint slow_callback
)");
}

TEST_CASE("narrow terminals") {
  for (const std::string& line :
       split_lines(story_of(run_of(kSteps + "see\tthe warning\t" +
                                   std::string(100, 'x') + "\nend\n"),
                            40))) {
    INFO(line);
    // Commands stay on one line.
    CHECK((columns(line) <= 40 || line.starts_with("  read")));
  }
}

TEST_CASE("a program that ended too soon") {
  CaseRun run = run_of(kSteps);
  run.process.killed_by = SIGSEGV;
  run.process.out = "last words\n\x1b[2Jtab\there\n";
  CHECK(middle_of(run) ==
        "> 3. the warning\n"
        "       while     call_soon(work); work blocks for exactly 100 ms\n"
        "       expected  WARNING: Executing <Handle work()> took 0.100 "
        "seconds\n"
        "       got       (the program ended: killed by signal 11 "
        "(Segmentation fault))\n"
        "  | last words\n"
        "  | \\x1b[2Jtab    here\n");
}

TEST_CASE("a program that went wrong after its last step") {
  CaseRun run = run_of(kSteps + "see\tthe warning\t" + kWarning + "\nend\n");
  run.process.exit_status = 3;
  CHECK(middle_of(run) ==
        "> 4. the end of the program\n"
        "       while     what is left at the end is destroyed\n"
        "       expected  exit status 0\n"
        "       got       exit status 3\n");
  run = run_of(kSteps + "see\tthe warning\t" + kWarning + "\n");
  CHECK(middle_of(run) ==
        "> 4. the end of the program\n"
        "       while     call_soon(work); work blocks for exactly 100 ms\n"
        "       expected  exit status 0\n"
        "       got       exit status 0, before all was done\n");
  run =
      run_of(kSteps + "see\tthe warning\t" + kWarning + "\nend\nstep\tmore\n");
  CHECK(middle_of(run) ==
        "> 4. the end of the program\n"
        "       expected  exit status 0\n"
        "       got       it goes on: more\n"
        "       at last   exit status 0, before all was done\n"
        "       while     more\n");
}

TEST_CASE("an exception instead of an answer") {
  CHECK(middle_of(run_of(kSteps + "see\tthrew\tstd::logic_error: no\nend\n")) ==
        "> 3. the warning\n"
        "       while     call_soon(work); work blocks for exactly 100 ms\n"
        "       expected  WARNING: Executing <Handle work()> took 0.100 "
        "seconds\n"
        "       got       (it threw std::logic_error: no)\n");
}

TEST_CASE("long stories and much output are cut") {
  std::string report;
  for (int i = 1; i <= 31; ++i)
    report += "step\tstep " + std::to_string(i) + "\n";
  CaseRun got = run_of(report + "see\tx\t1\nend\n");
  for (int i = 1; i <= 50; ++i) {
    got.process.out += "line " + std::to_string(i) + "\n";
  }
  const auto verdict = compare_case({"a", "b", 1, "c"},
                                    run_of(report + "see\tx\t2\nend\n"), got);
  const std::string text = story(exercise(), verdict, Style{.width = 80});
  CHECK(text.find("    (1 line before)\n  2. step 2\n") != std::string::npos);
  CHECK(text.find("\n>32. x\n") != std::string::npos);
  CHECK(text.find("  | (30 lines before)\n  | line 31\n") != std::string::npos);
}

TEST_CASE("observations are left out before steps are") {
  std::string report = "step\tthe loop is made\n";
  for (int i = 1; i <= 12; ++i) {
    report += "see\tvalue " + std::to_string(i) + "\t1\n";
  }
  const auto verdict =
      compare_case({"a", "b", 1, "c"}, run_of(report + "see\tx\t2\nend\n"),
                   run_of(report + "see\tx\t1\nend\n"));
  const std::string text = story(exercise(), verdict, Style{.width = 80});
  CHECK(text.find("  1. the loop is made\n    (4 lines as expected)\n"
                  "  6. value 5: 1\n") != std::string::npos);
}

TEST_CASE("among lines of a list a difference says its kind") {
  const auto list = [](const std::vector<std::string>& values) {
    std::string report = "see\tthe log, line 1\tleft over\n";
    int number = 0;
    for (const std::string& value : values) {
      report += "see\tthe log, line " + std::to_string(++number) + "\t" +
                value + "\n";
    }
    return run_of(report + "see\tthe log, line " + std::to_string(++number) +
                  "\t(no more lines)\nend\n");
  };
  const auto told = [&](const std::vector<std::string>& got) {
    const auto verdict = compare_case({"a", "b", 1, "c"},
                                      list({"one", "two", "three"}), list(got));
    const std::string text = story(exercise(), verdict, Style{.width = 80});
    const std::size_t begin = text.find("\n>") + 1;
    return text.substr(begin, text.find("  why") - begin);
  };
  CHECK(told({"one", "three", "two"}) ==
        "> 3. the log, line 2 (in another order)\n"
        "       expected  two\n"
        "       got       three\n"
        "       and then  two\n"
        "       and then  (no more lines)\n");
  CHECK(told({"one", "three"}).starts_with("> 3. the log, line 2 (missing)\n"));
  CHECK(told({"one", "one", "two", "three"})
            .starts_with("> 3. the log, line 2 (one too many)\n"));
  CHECK(told({"one", "four", "three"})
            .starts_with("> 3. the log, line 2 (another one)\n"));
}

TEST_CASE("the reason belongs to the line that differs") {
  const std::string report =
      "see\tfirst\t1\nwhy\tthe second is twice the first\nsee\tsecond\t2\n"
      "why\t\nsee\tthird\t3\nend\n";
  const auto why = [&](const std::string& got) {
    const auto verdict = compare_case({"a", "b", 1, "the case's own"},
                                      run_of(report), run_of(got));
    const std::string text = story(exercise(), verdict, Style{.width = 80});
    const std::size_t begin = text.find("  why   ") + 8;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  CHECK(why("see\tfirst\t0\nend\n") == "the case's own");
  CHECK(why("see\tfirst\t1\nwhy\tforged\nsee\tsecond\t0\nend\n") ==
        "the second is twice the first");
  CHECK(why("see\tfirst\t1\nsee\tsecond\t2\nsee\tthird\t0\nend\n") ==
        "the case's own");
}

namespace {

// From the reason to the pages to read.
std::string end_of(CaseRun run) {
  const std::string text = story_of(std::move(run), 100);
  const std::size_t begin = text.find("  why   ");
  return text.substr(begin, text.find("  hint ") - begin);
}
CaseRun killed_by(int signal, const std::string& output = "") {
  CaseRun run = run_of(kSteps);
  run.process.killed_by = signal;
  run.process.out = output;
  return run;
}

}  // namespace

TEST_CASE("a program that was cut short has a reason of its own") {
  const auto why = [](CaseRun run) {
    return end_of(std::move(run)).substr(8, 24);
  };
  CHECK(why(killed_by(SIGXCPU)) == "this usually never ends:");
  CHECK(why(killed_by(SIGSEGV)) == "it used memory that is g");
  CHECK(why(killed_by(SIGFPE)) == "a division by zero: whic");
  CHECK(why(killed_by(SIGKILL)) == "equal to the limit count");
  CHECK(why(killed_by(SIGABRT, "free(): double free detected in tcache 2\n")) ==
        "it used memory that is g");
  CHECK(why(killed_by(SIGABRT,
                      "terminate called without an active exception\n")) ==
        "a thread that was neithe");
  CHECK(why(killed_by(
            SIGABRT, "terminate called after throwing an instance of 'int'")) ==
        "an exception leaves wher");
  CHECK(why(killed_by(SIGABRT, "x.cpp:3: Assertion 'i < 3' failed.\n")) ==
        "what a library asks of i");
  CHECK(why(killed_by(SIGABRT)) == "it gave up by itself: lo");
  CHECK(why(run_of(kSteps)) == "an answer is called, and");
  CaseRun late = run_of(kSteps);
  late.process.timed_out = true;
  CHECK(why(late) == "this usually never ends:");
  CaseRun loud = run_of(kSteps + "see\tthe warning\t\n");
  loud.process.too_much_output = true;
  CHECK(why(loud) == "it says the same again a");
  CHECK(why(run_of(kSteps +
                   "see\tthrew\tstd::bad_alloc: std::bad_alloc\nend\n")) ==
        "there is no such memory:");
}

TEST_CASE("what is stopped says what it was doing, and how often") {
  CaseRun run = run_of(kSteps + "see\tstopped\t999 times in a row: a tick\n");
  CHECK(middle_of(run) ==
        "> 3. the warning\n"
        "       while     call_soon(work); work blocks for exactly 100 ms\n"
        "       expected  WARNING: Executing <Handle work()> took 0.100 "
        "seconds\n"
        "       got       (stopped: 999 times in a row: a tick)\n");
  CaseRun late = run_of(kSteps);
  late.process.timed_out = true;
  late.process.elapsed = std::chrono::milliseconds(5900);
  CHECK(
      middle_of(late).ends_with("       got       (stopped after 5 seconds: it "
                                "did not come to an end)\n"));
}

TEST_CASE("the step's own reason comes behind that of a crash") {
  const std::string report =
      "step\tfirst\nwhy\tan empty one is none\nsee\tsecond\t2\nend\n";
  CaseRun got = run_of("step\tfirst\n");
  got.process.killed_by = SIGSEGV;
  const auto verdict = compare_case({"a", "b", 1, "c"}, run_of(report), got);
  CHECK(story(exercise(), verdict, Style{.width = 100})
            .find("  here  an empty one is none\n") != std::string::npos);
}

TEST_CASE("a case may have something of its own to read") {
  CaseVerdict verdict = verdict_on(run_of(kSteps));
  CHECK(where_to_read(exercise(), verdict.info) ==
        "book, chapter 6, \"What counts as slow\"");
  verdict.info.heading = "Whose time is it?";
  CHECK(story(exercise(), verdict, Style{.width = 100})
            .find("  read  book, chapter 6, \"Whose time is it?\"") !=
        std::string::npos);
}

constexpr std::string_view kMistakes = "\"What it looks like when ...\": ";

std::string on_page_of_mistakes(const std::string& heading) {
  const auto lines = split_lines(
      read_file(std::filesystem::path(JUDGE_BOOK) / "common_mistakes.md"));
  return std::ranges::count(lines, "## " + heading) == 1
             ? heading
             : "not among the mistakes: " + heading;
}

TEST_CASE("the pages to read exist") {
  const auto page = [](const CaseRun& run, int chapter) {
    Exercise one = exercise();
    one.manifest.chapter = fmt::format("0{}_x", chapter);
    std::string text = story(one, verdict_on(run), Style{.width = 200});
    constexpr std::string_view kRead = "  read  book, ";
    text.erase(0, text.find(kRead) + kRead.size());
    text.erase(text.find("\"\n"));
    std::string heading = text.substr(text.rfind('"') + 1);
    if (text.starts_with(kMistakes)) return on_page_of_mistakes(heading);
    text.erase(0, std::string_view("chapter ").size());
    for (const auto& entry : std::filesystem::directory_iterator(JUDGE_BOOK)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("0" + text.substr(0, 1))) continue;
      const auto lines = split_lines(read_file(entry.path()));
      if (std::ranges::count(lines, "## " + heading) == 1) return heading;
    }
    return "not in the book: " + text;
  };
  CHECK(page(killed_by(SIGSEGV), 1) == "... signal 11 comes");
  CaseRun waits;
  waits.process.timed_out = true;
  CHECK(page(waits, 3) == "... a future is never set");
  CaseRun gone = killed_by(SIGABRT);
  gone.finding = Finding{"gone", {}, "it ended", Trap::gone};
  CHECK(page(gone, 2) == "The trap: gone by then");
  CHECK(page(gone, 3) == "... a parameter is a reference");
  CHECK(page(killed_by(SIGXCPU), 4) == "Step 3: one round at a time");
  CHECK(page(run_of(kSteps), 1) == "The trap: the exit that is not an end");
  CHECK(page(killed_by(SIGABRT, "terminate called after throwing\n"), 2) ==
        "The trap: a destructor that throws");
  CHECK(page(killed_by(SIGABRT, "terminate called without an active exception"),
             2) == "The trap: the wrong thread");
}

// What is between the backticks of a text.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> result;
  std::size_t at = text.find('`');
  while (at != std::string::npos) {
    const std::size_t end = text.find('`', at + 1);
    result.push_back(text.substr(at + 1, end - at - 1));
    at = text.find('`', end + 1);
  }
  return result;
}

// Rows of the table: "| `words`, `words` | [a section](#its-address) |".
TEST_CASE("what the page of common mistakes quotes leads to its section") {
  std::size_t count = 0;
  for (const std::string& line : split_lines(read_file(
           std::filesystem::path(JUDGE_BOOK) / "common_mistakes.md"))) {
    const std::size_t link = line.find(" | [");
    const std::size_t end = line.find("](#");
    if (!line.starts_with("|") || end == std::string::npos) continue;
    std::string heading = "... " + line.substr(link + 4, end - link - 4);
    std::erase(heading, '`');
    CHECK(on_page_of_mistakes(heading) == heading);
    for (const std::string& words : quoted(line.substr(0, link))) {
      // A sanitizer's finding has a Trap; a slow callback may be what is asked.
      if (words.find("-over") != std::string::npos ||
          words.find("-use-") != std::string::npos ||
          words.starts_with("SEGV") || words.starts_with("took")) {
        continue;
      }
      INFO(words);
      CHECK(read_of_mistake("error: " + words + " x", Style{.width = 200}) ==
            "  read  book, " + std::string(kMistakes) + "\"" + heading +
                "\"\n");
      ++count;
    }
  }
  CHECK(count >= 17);
  CHECK(read_of_mistake("error: expected ';'", Style()).empty());
}

TEST_CASE("words of a common mistake in what differs, or in the output") {
  constexpr std::string_view kDropped = "\"... a task is dropped\"\n";
  const std::string lost = "Task was destroyed but it is pending!";
  CaseRun run = run_of(kSteps + "see\tthe warning\t" + lost + "\nend\n");
  CHECK(story_of(run, 200).find(kDropped) != std::string::npos);
  run = run_of(kSteps + "see\tthe warning\t\nend\n");
  CHECK(story_of(run, 200).find(kDropped) == std::string::npos);
  run.process.out = "ERROR: " + lost + "\n";
  CHECK(story_of(run, 200).find(kDropped) != std::string::npos);

  Compiled compiled;
  compiled.failure = Compiled::Failure::does_not_compile;
  compiled.messages =
      "error: could not convert '2' from 'int' to 'ch03::Coroutine<int>'\n"
      "error: a 'return' statement is not allowed in coroutine\n";
  CHECK(narrative(exercise(), compiled, Style{.width = 200})
            .find("\"... a co_return is missing\"\n") != std::string::npos);
  CHECK(compiler_warns("warning: non-void coroutine does not return a value",
                       Style{.width = 200})
            .find("\"... a co_return is missing\"\n") != std::string::npos);
}

TEST_CASE("the first failing case comes first, and others in their order") {
  Verdict verdict;
  const auto right =
      run_of(kSteps + "see\tthe warning\t" + kWarning + "\nend\n");
  const auto wrong = run_of(kSteps + "see\tthe warning\t\nend\n");
  for (const auto& [title, run] :
       {std::pair("one", right), std::pair("two", wrong),
        std::pair("three", right), std::pair("four", wrong)}) {
    verdict.cases.push_back(verdict_on(run));
    verdict.cases.back().info.title = title;
  }
  const std::string text = narrative(exercise(), verdict, Style{.width = 60});
  std::vector<std::string> order;
  for (const std::string& line : split_lines(text)) {
    if (line.starts_with("slow_callback: ")) {
      order.push_back(line.substr(15, line.find(' ', 15) - 15));
    }
  }
  CHECK(order == std::vector<std::string>{"two", "one", "three", "four"});
  CHECK(text.find('>') < text.find("one"));
  const std::string all =
      narrative(exercise(), verdict, Style{.width = 60}, Stories::all);
  CHECK(std::ranges::count_if(split_lines(all), [](const std::string& line) {
          return line.starts_with('>');
        }) == 2);
}

namespace {

// As GCC 12's AddressSanitizer writes it, shortened.
const std::string kUsedAfterFree =
    "some words of the program\n"
    "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602 at pc "
    "0x1 bp 0x2 sp 0x3\n"
    "READ of size 8 at 0x602 thread T0\n"
    "    #0 0x1 in std::vector<int>::size() const /usr/include/v.h:987\n"
    "    #1 0x2 in exercises::late() "
    "chapters/06/exercises/slow_callback.cpp:31\n"
    "    #2 0x3 in main /other/not_slow_callback.cpp:7\n"
    "\n"
    "0x602 is located 0 bytes inside of 16-byte region\n"
    "freed by thread T0 here:\n"
    "    #0 0x1 in operator delete(void*) ../asan_new_delete.cpp:152\n"
    "    #1 0x2 in exercises::early() "
    "chapters/06/exercises/slow_callback.cpp:27\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-use-after-free v.h:987\n";

}  // namespace

TEST_CASE("a sanitizer's finding is told in the learner's words") {
  CaseRun run = run_of(kSteps + "see\tthe warning\t" + kWarning + "\nend\n");
  run.finding =
      find_in(kUsedAfterFree, "chapters/06/exercises/slow_callback.cpp");
  REQUIRE(run.finding);
  const CaseVerdict verdict = verdict_on(run);
  CHECK_FALSE(verdict.passed());
  const std::string text = story(exercise(), verdict, Style{.width = 85});
  const std::size_t begin = text.find("\n>") + 1;
  CHECK(text.substr(begin, text.find("  why") - begin) ==
        "> 4. it uses what was destroyed\n"
        "       where      chapters/06/exercises/slow_callback.cpp:31\n"
        "       destroyed  chapters/06/exercises/slow_callback.cpp:27\n");
  CHECK(text.find("  why   who guarantees that this is still there?") !=
        std::string::npos);
}

TEST_CASE("findings of other kinds") {
  const auto found = [](const std::string& output) {
    const auto finding = find_in(output, "a/x.cpp");
    if (!finding) return std::string("nothing");
    std::string text = finding->what;
    for (const auto& [label, place] : finding->places) {
      text.append("; ").append(label).append(" ").append(place);
    }
    return text;
  };
  CHECK(found("x.cpp:1: no report\n") == "nothing");
  // A program may write such words: only lines that a sanitizer begins count.
  CHECK(found("heap-use-after-free\n") == "nothing");
  CHECK(
      found("a/x.cpp:12:9: runtime error: signed integer overflow: 1 + 2\n"
            "    #0 0x1 in f() a/x.cpp:12\n") ==
      "undefined behaviour: signed integer overflow: 1 + 2; where a/x.cpp:12");
  CHECK(found("==1==ERROR: AddressSanitizer: stack-overflow on address\n") ==
        "nothing");
  CHECK(
      found("==1==ERROR: AddressSanitizer: attempting double-free on 0x1\n") ==
      "it destroys the same thing twice");
  CHECK(found("WARNING: ThreadSanitizer: data race (pid=1)\n"
              "  Write of size 4 at 0x7b by thread T1:\n"
              "    #0 f() a/x.cpp:3 (x+0x1)\n"
              "  Previous read of size 4 at 0x7b by main thread:\n"
              "    #0 g() a/x.cpp:9 (x+0x2)\n"
              "SUMMARY: ThreadSanitizer: data race\n") ==
        "two threads use the same variable at once, and one of them writes; "
        "where a/x.cpp:3; and where a/x.cpp:9");
}

TEST_CASE("colour only when asked for") {
  const auto verdict = verdict_on(run_of(kSteps));
  CHECK(story(exercise(), verdict, Style{}).find('\033') == std::string::npos);
  const std::string text =
      story(exercise(), verdict, Style{.width = 80, .colour = true});
  CHECK(text.starts_with("\033[31mslow_callback: warn"));
}

TEST_CASE("a forged report moves no terminal's cursor") {
  const std::string told =
      story_of(run_of(kSteps + "see\tthe warning\t\x1b[2J\xff\nend\n"));
  CHECK(told.find('\x1b') == std::string::npos);
  CHECK(told.find("got       \\x1b[2J\\xff\n") != std::string::npos);
}

TEST_CASE("nor does a name that an assembler took") {
  const auto told =
      narrative(exercise(),
                explain_messages("undefined symbol: f\x1b[2J\n", "x.cpp"), {});
  CHECK(told.find('\x1b') == std::string::npos);
  CHECK(told.find("f\\x1b[2J is declared") != std::string::npos);
}

TEST_CASE("what a compiler says about the library is left out") {
  Exercise one = exercise();
  one.learner = "a/x.cpp";
  const std::string error =
      "a/x.cpp: In function 'int main()':\n"
      "a/x.cpp:3:9: error: no matching function for call to 'push_back(int)'\n"
      "    3 |   queue.push_back(1);\n";
  const std::string note =
      "In file included from /usr/include/deque:64,\n"
      "                 from step.hpp:5:\n"
      "/usr/include/stl_deque.h:9: note: candidate: 'push_back(const T&)'\n"
      "    9 |       push_back(const T& x)\n"
      "a/x.cpp:3:9: note:   no known conversion for argument 1\n";
  const std::string own =
      "a/x.cpp:5:1: error: 'mutex' was not declared in this scope\n"
      "a/x.cpp:2:1: note: 'mutex_' declared here\n";
  const std::string told =
      narrative(one, explain_messages(error + note + own, "a/x.cpp"), {});
  CHECK(told.find("stl_deque.h") == std::string::npos);
  CHECK(told.find("from step.hpp") == std::string::npos);
  CHECK(told.find("no known conversion") == std::string::npos);
  CHECK(told.find("  |     3 |   queue.push_back(1);\n"
                  "  | a/x.cpp:5:1: error: 'mutex' was not declared in this "
                  "scope\n"
                  "  | a/x.cpp:2:1: note: 'mutex_' declared here\n"
                  "  | (left out: 5 lines about the library)\n") !=
        std::string::npos);
}

TEST_CASE("files that do not link") {
  Exercise one = exercise();
  one.learner = "x.cpp";
  const auto told = [&](const std::string& messages) {
    const auto text = narrative(one, explain_messages(messages, "x.cpp"),
                                Style{.width = 100});
    return split_lines(text).front();
  };
  CHECK(told("mold: error: undefined symbol: exercises::f(int)\n") ==
        "slow_callback: exercises::f(int) is declared, and x.cpp does not "
        "define it");
  CHECK(told("undefined reference to `vtable for exercises::Loop'\n") ==
        "slow_callback: a virtual function of exercises::Loop is declared, and "
        "x.cpp does not define it");
  CHECK(told("multiple definition of `main'; x\n") ==
        "slow_callback: x.cpp defines main()");
  CHECK(told("ld.lld: error: duplicate symbol: ch02::run()\n") ==
        "slow_callback: ch02::run() is defined in x.cpp, and once more");
}
