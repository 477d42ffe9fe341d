// The learner's commands, on two exercises and two steps that a shell script
// "compiles": the answers are also shell scripts. And the watch on files, in
// virtual time.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/clock.hpp"
#include "tests/catch.hpp"
#include "tests/grader/commands/file_watch.hpp"
#include "tests/grader/commands/progress.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using grader::FileWatch;
using grader::Progress;
using grader::read_file;
using grader::Request;
using grader::Result;
using grader::write_file;
using Strings = std::vector<std::string>;

constexpr const char* kStarter = "#!/bin/sh\n# TODO: say yes\necho end >&3\n";
constexpr const char* kRight =
    "#!/bin/sh\nprintf 'step\\tasked\\nsee\\tanswer\\tyes\\nend\\n' >&3\n";
constexpr const char* kWrong =
    "#!/bin/sh\nprintf 'step\\tasked\\nsee\\tanswer\\tno\\nend\\n' >&3\n";
constexpr const char* kNonsense = "error\n";

// It notes its arguments, and copies the first file to the last.
constexpr const char* kCompiler =
    "#!/bin/sh\n"
    "echo \"$*\" > arguments.txt\n"
    "if grep -q '^error' \"$1\"; then\n"
    "  echo \"$1:1:1: error: this is nonsense\"; exit 1\n"
    "fi\n"
    "for last in \"$@\"; do :; done\n"
    "cp \"$1\" \"$last\" && chmod +x \"$last\"\n";

void write_program(const fs::path& file, const std::string& text) {
  write_file(file, text);
  fs::permissions(file, fs::perms::owner_all);
}

// What a step prints.
std::string prints(const std::string& text) {
  return "#!/bin/sh\ncat <<'END'\n" + text + "END\n";
}

// A repository with the exercises `first` (chapter 1, 2 points) and `second`
// (chapter 2, 3 points); on demand with the steps 1.1, which is given, and 1.2.
class Workshop {
 public:
  Workshop() {
    fs::create_directories(root() / "build");
    write_program(root() / "compiler", kCompiler);
    write_program(root() / "reference", kRight);
    const std::string entries =
        add("first", "01_selector", 2, "with = selector\n") + "," +
        add("second", "02_event_loop", 3, "");
    write_file(root() / "bundle.json",
               fmt::format(R"({{"root": "{0}", "build": "{0}/build",
                 "compiler": "{0}/compiler", "compile_flags": [],
                 "link_flags": [], "watches": {{}}, "sanitized": true,
                 "programs": [{{"name": "08_asyncio_debug",
                   "objects": ["the_program.o"], "libraries": ["ours.a"]}}],
                 "steps": "{0}/setup.txt", "exercises": [{1}]}})",
                           root().string(), entries));
    write_file(root() / "setup.txt",
               fmt::format("root {0}\nbuild {0}/build/steps\n"
                           "compiler {0}/compiler\n",
                           root().string()));
  }
  void add_steps() const {
    add_step("1_one", "given = yes\n", prints("one\n"), "$ 1.1\none\n");
    add_step("2_two",
             "why = because\nhint1 = Think.\nhint2 = Look.\nhint3 = do it\n",
             kStarter, "$ 1.2\none\ntwo\n");
    fs::create_directories(root() / "solutions/01_selector/steps");
    write_file(root() / "solutions/01_selector/steps/2_two.cpp",
               prints("one\ntwo\n"));
  }
  fs::path step(const std::string& name) const {
    return root() / "chapters/01_selector/steps" / (name + ".cpp");
  }

  fs::path root() const { return scratch_.path(); }
  fs::path file(const std::string& id) const {
    return root() / "chapters" /
           (id == "first" ? "01_selector" : "02_event_loop") / "exercises" /
           (id + ".cpp");
  }
  void answer(const std::string& id, const std::string& text) const {
    write_file(file(id), text);
  }
  Result run(const Strings& words) const {
    return run("WORKBOOK_GRADER", {"--bundle", root() / "bundle.json"}, words);
  }
  Result run_step(const Strings& words) const {
    return run("WORKBOOK_STEP", {"--setup", root() / "setup.txt"}, words);
  }
  fs::path progress_file() const { return root() / ".workbook/progress.txt"; }
  // Files that reset has saved, with their contents.
  Strings saved_texts(const std::string& id) const {
    Strings texts;
    for (const auto& entry : fs::directory_iterator(file(id).parent_path())) {
      if (entry.path().extension() != ".saved") continue;
      texts.push_back(read_file(entry.path()));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

 private:
  static Result run(const char* variable, Strings arguments,
                    const Strings& words) {
    Request request;
    const char* const program = std::getenv(variable);
    if (program == nullptr) FAIL(variable << " names no program");
    request.program = program;
    request.arguments = std::move(arguments);
    request.arguments.insert(request.arguments.end(), words.begin(),
                             words.end());
    return grader::run(request);
  }
  void add_step(const std::string& name, const std::string& keys,
                const std::string& starter,
                const std::string& transcript) const {
    const fs::path tests = root() / "tests/steps/01_selector" / name;
    fs::create_directories(tests);
    fs::create_directories(step(name).parent_path());
    write_file(tests / (name + ".ini"), "title = The step " + name +
                                            "\nminutes = 5\n"
                                            "heading = Where\n" +
                                            keys);
    write_file(tests / "starter.cpp", starter);
    write_file(step(name), starter);
    write_file(step(name).replace_extension(".txt"), transcript);
  }
  std::string add(const std::string& id, const std::string& chapter, int points,
                  const std::string& more) const {
    const fs::path tests = root() / "tests" / id;
    fs::create_directories(tests);
    fs::create_directories(file(id).parent_path());
    write_file(tests / (id + ".ini"),
               fmt::format("chapter = {}\ntitle = The {} one\norder = 1\n"
                           "minutes = 10\npoints = {}\nheading = Where\n"
                           "hint1 = Think.\nhint2 = Look there.\n"
                           "hint3 = ask; say yes\n{}[answers]\n"
                           "title = say yes\npoints = {}\nwhy = because\n",
                           chapter, id, points, more, points));
    write_file(tests / "starter.cpp", kStarter);
    write_file(tests / "solution.cpp", kRight);
    answer(id, kStarter);
    return fmt::format(
        R"({{"id": "{0}", "manifest": "{1}/{0}.ini",
          "learner": "{2}", "starter": "{1}/starter.cpp",
          "solution": "{1}/solution.cpp", "reference": "{3}/reference",
          "transcript": "", "probe": [], "watched_probe": {{}},
          "watched_reference": {{}}, "libraries": [],
          "starter_program": "", "link_of_nothing": "", "wrong": []}})",
        id, tests.string(), fs::relative(file(id), root()).string(),
        root().string());
  }

  grader::ScratchDirectory scratch_;
};

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

// --- hint
// --------------------------------------------------------------------------

TEST_CASE("hint goes one level further each time") {
  const Workshop workshop;
  const Result one = workshop.run({"hint", "first"});
  CHECK(one.out == "first: hint 1 of 3\n  1  Think.\n");
  CHECK(one.exit_status == 0);
  CHECK(has(workshop.run({"hint", "first"}).out, "2  Look there."));
  const Result three = workshop.run({"hint", "first"});
  CHECK(has(three.out, "  3  ask\n     say yes\n"));
  CHECK(has(three.out, "book, chapter 1, \"Where\" (book/01_selector.md)"));
  CHECK_FALSE(has(three.out, "--anyway"));
  const Result four = workshop.run({"hint", "first"});
  CHECK(has(four.out, "no more hints"));
  CHECK(has(four.out, "./workbook solution first --anyway"));
  // Each exercise has its own count.
  CHECK(has(workshop.run({"hint", "second"}).out, "hint 1 of 3"));
}

TEST_CASE("an unknown exercise is told with those that come near") {
  const Workshop workshop;
  for (const char* const command : {"hint", "solution", "reset", "watch"}) {
    const Result result = workshop.run({command, "frist"});
    INFO(command);
    CHECK(result.exit_status == 2);
    CHECK(has(result.err, "there is no exercise 'frist'"));
    CHECK(has(result.err, "first"));
    CHECK(workshop.run({command, "first", "second"}).exit_status == 2);
  }
}

// --- progress
// ----------------------------------------------------------------------

TEST_CASE("progress remembers the best that check has seen") {
  const Workshop workshop;
  const Result before = workshop.run({"progress"});
  CHECK(has(before.out, "0 of 5 points, 0 of 2 exercises"));
  CHECK(has(before.out, "next  first: The first one, about 10 minutes\n"));
  CHECK_FALSE(fs::exists(workshop.progress_file()));

  workshop.answer("first", kRight);
  CHECK(workshop.run({"check", "first"}).exit_status == 0);
  const Result passed = workshop.run({"progress"});
  CHECK(has(passed.out,
            "01  selector                 -     1 of 1     2 of 2   -\n"));
  CHECK(has(passed.out,
            "02  event_loop               -     0 of 1     0 of 3   second\n"));
  CHECK(has(passed.out, "2 of 5 points, 1 of 2 exercises"));
  CHECK(has(passed.out, "next  second"));

  // Points that were reached once stay.
  workshop.answer("first", kWrong);
  CHECK(workshop.run({"check", "first"}).exit_status == 1);
  CHECK(workshop.run({"progress"}).out == passed.out);
  workshop.answer("second", kRight);
  CHECK(workshop.run({"check", "2"}).exit_status == 0);
  CHECK(has(workshop.run({"progress"}).out, "All done."));
}

TEST_CASE("exercises that were begun come before the others") {
  const Workshop workshop;
  workshop.answer("second", kWrong);
  CHECK(has(workshop.run({"progress"}).out, "next  second"));
}

TEST_CASE("damaged lines and unknown exercises stay in the file") {
  const Workshop workshop;
  fs::create_directories(workshop.progress_file().parent_path());
  const std::string old =
      "# mine\nfirst points=x passed=yes\ngone points=7 passed=yes hints=1\n"
      "second points=1 passed=no hints=2\n\x01\x02?\n";
  write_file(workshop.progress_file(), old);
  const Result told = workshop.run({"progress"});
  CHECK(told.exit_status == 0);
  CHECK(has(told.err, "progress.txt:2: expected: ID points=3 passed=yes"));
  CHECK(has(told.err, "progress.txt:5: expected"));
  CHECK(has(told.out, "1 of 5 points, 0 of 2 exercises"));

  workshop.run({"hint", "second"});
  CHECK(read_file(workshop.progress_file()) ==
        "# mine\nfirst points=x passed=yes\ngone points=7 passed=yes hints=1\n"
        "second points=1 passed=no hints=3\n\x01\x02?\n");
  workshop.answer("first", kRight);
  workshop.run({"check", "first"});
  CHECK(has(read_file(workshop.progress_file()),
            "\nfirst points=2 passed=yes hints=0\n"));
}

TEST_CASE("of two lines about an exercise the better half of each counts") {
  const grader::ScratchDirectory scratch;
  const fs::path file = scratch.path() / "progress.txt";
  write_file(file,
             "a points=3 passed=no hints=1\na points=1 passed=yes hints=2\n");
  const grader::Remembered both = Progress::read(file).of("a");
  CHECK(both.points == 3);
  CHECK(both.passed);
  CHECK(both.hints == 2);
}

TEST_CASE("a check counts even if the progress cannot be written") {
  const Workshop workshop;
  write_file(workshop.root() / ".workbook", "in the way\n");
  workshop.answer("first", kRight);
  const Result result = workshop.run({"check", "first"});
  CHECK(result.exit_status == 0);
  CHECK(has(result.err, "your progress was not saved"));
}

// --- solution
// ----------------------------------------------------------------------

TEST_CASE("the solution is for those who have passed, or ask for it anyway") {
  const Workshop workshop;
  const Result refused = workshop.run({"solution", "first"});
  CHECK(refused.exit_status == 1);
  CHECK(refused.out.empty());
  CHECK(has(refused.err, "./workbook solution first --anyway"));
  const Result anyway = workshop.run({"solution", "first", "--anyway"});
  CHECK(anyway.exit_status == 0);
  CHECK(anyway.out == kRight);

  workshop.answer("first", kRight);
  workshop.run({"check", "first"});
  CHECK(workshop.run({"solution", "first"}).out == kRight);
  CHECK(workshop.run({"solution", "second"}).exit_status == 1);
}

// --- reset
// -------------------------------------------------------------------------

TEST_CASE("reset never loses work") {
  const Workshop workshop;
  CHECK(has(workshop.run({"reset", "first"}).out, "as it came"));
  CHECK(workshop.saved_texts("first").empty());
  // Three, within about a second.
  for (const char* const text : {"one\n", "two\n", "three\n"}) {
    workshop.answer("first", text);
    const Result result = workshop.run({"reset", "first"});
    CHECK(result.exit_status == 0);
    CHECK(has(result.out, "saved as chapters/01_selector/exercises/first.2"));
    CHECK(read_file(workshop.file("first")) == kStarter);
  }
  CHECK(workshop.saved_texts("first") == Strings{"one\n", "three\n", "two\n"});
  fs::remove(workshop.file("first"));
  CHECK(workshop.run({"reset", "first"}).exit_status == 0);
  CHECK(read_file(workshop.file("first")) == kStarter);
  CHECK(workshop.saved_texts("first").size() == 3);
}

// --- with
// --------------------------------------------------------------------------

TEST_CASE("a chapter's program is linked with the learner's piece") {
  const Workshop workshop;
  workshop.answer("first", "#!/bin/sh\necho mine\n");
  const Result result = workshop.run({"with", "first", "08_asyncio_debug"});
  CHECK(result.exit_status == 0);
  CHECK(has(result.err, "first has not passed"));
  const auto lines = grader::split_lines(result.out);
  REQUIRE(lines.size() == 1);
  Request request;
  request.program = lines[0];
  CHECK(grader::run(request).out == "mine\n");
  CHECK(has(read_file(workshop.root() / "arguments.txt"),
            "first.cpp the_program.o " + workshop.root().string() +
                "/tests/first/with.cpp ours.a -o"));

  workshop.answer("first", kNonsense);
  const Result nonsense = workshop.run({"with", "first", "08_asyncio_debug"});
  CHECK(nonsense.exit_status == 1);
  CHECK(nonsense.out.empty());
  CHECK(has(nonsense.err, "this is nonsense"));
  const Result refused = workshop.run({"with", "second", "08_asyncio_debug"});
  CHECK(refused.exit_status == 2);
  CHECK(has(refused.err, "these do: first"));
}

// --- steps
// -------------------------------------------------------------------------

TEST_CASE("a step that is not started shows how far it comes") {
  const Workshop workshop;
  workshop.add_steps();
  write_file(workshop.step("2_two"), prints("one\n"));
  write_file(workshop.root() / "tests/steps/01_selector/2_two/starter.cpp",
             prints("one\n") + "# TODO: two\n");
  workshop.run({"reset", "1.2"});
  const Result result = workshop.run_step({"check", "1.2"});
  CHECK(result.exit_status == 1);
  CHECK(has(result.out, "1.2: The step 2_two "));
  CHECK(has(result.out, " not started\n"));
  CHECK(has(result.out,
            "  Open chapters/01_selector/steps/2_two.cpp:5. So far it does "
            "this:\n"
            "                2 | one\n"
            "  > expected    3 | two\n"
            "  why   because\n"
            "  read  book, chapter 1, \"Where\""));
  CHECK(has(result.out, "hint  ./workbook hint 1.2\n"));
  CHECK_FALSE(fs::exists(workshop.progress_file()));
}

TEST_CASE("a step is done when it prints its transcript") {
  const Workshop workshop;
  workshop.add_steps();
  write_file(workshop.step("2_two"), prints("one\nthree\n"));
  const Result wrong = workshop.run_step({"check", "01_selector/2_two"});
  CHECK(wrong.exit_status == 1);
  CHECK(has(wrong.out, " not yet\n"));
  CHECK(has(wrong.out,
            "  > expected    3 | two\n"
            "  > got         3 | three\n"));
  CHECK(workshop.run_step({"solution", "1.2"}).exit_status == 1);

  write_file(workshop.step("2_two"), prints("one\ntwo\n"));
  const Result right = workshop.run_step({"check", "1.2"});
  CHECK(right.exit_status == 0);
  CHECK(has(right.out, " done\n"));
  CHECK(workshop.run_step({"solution", "1.2"}).out == prints("one\ntwo\n"));
  // A step may get another number: it is remembered by its name.
  CHECK(has(read_file(workshop.progress_file()),
            "\nselector/two points=0 passed=yes hints=0\n"));
}

TEST_CASE("how a step ended is told") {
  const Workshop workshop;
  workshop.add_steps();
  const auto told = [&](const std::string& text) {
    write_file(workshop.step("2_two"), text);
    const Result result = workshop.run_step({"check", "1.2"});
    CHECK(result.exit_status == 1);
    return result.out;
  };
  CHECK(has(told("#!/bin/sh\nexit 3\n"),
            "  > got         2 | (exit status 3)\n"));
  CHECK(has(told("#!/bin/sh\nkill -SEGV $$\n"),
            "  > got         2 | (killed by signal 11)\n"));
  CHECK(has(told("#!/bin/sh\nyes\n"), "> it was stopped after "));
  CHECK(has(told(kNonsense),
            "does not compile. Look at "
            "chapters/01_selector/steps/2_two.cpp:1\n"));
  const std::string found = told(
      prints("one\n==7==ERROR: AddressSanitizer: heap-use-after-free on x\n"
             "    #1 0x1 in f() /there/2_two.cpp:9\n"));
  CHECK(has(found,
            "  | one\n> it uses what was destroyed\n"
            "       where      chapters/01_selector/steps/2_two.cpp:9\n"
            "  why   who guarantees"));
  // Of a failed assertion, the types are too long to read.
  CHECK(has(told(prints("/usr/deque:9: std::deque<_Tp, _Alloc>::reference "
                        "std::deque<_Tp, _Alloc>::front() [with _Tp = int]: "
                        "Assertion '!this->empty()' failed.\n"
                        "==7==ERROR: AddressSanitizer: ABRT on x\n"
                        "    #1 0x1 in f() /there/2_two.cpp:9\n")),
            "  | front(): Assertion '!this->empty()' failed.\n"
            "> it gave up: abort()\n"
            "       where      chapters/01_selector/steps/2_two.cpp:9\n"));
  // It is asked where it is before it is killed.
  const std::string endless = told(
      "#!/bin/sh\n"
      "trap 'echo ==7==ERROR: AddressSanitizer: ABRT on x\n"
      "  echo \"#1 f() /there/2_two.cpp:9\"; exit' ABRT\n"
      "echo one\nwhile :; do sleep 0.1; done\n");
  CHECK(has(endless,
            "                2 | one\n"
            "  > expected    3 | two\n> it was stopped after "));
  CHECK(has(endless,
            "it did not come to an end\n"
            "       where      chapters/01_selector/steps/2_two.cpp:9\n"));
  // In an exercise this may be the sanitizer's own fault.
  CHECK(has(told(prints("==7==ERROR: AddressSanitizer: stack-overflow on x\n")),
            "> the stack overflows"));
}

TEST_CASE("a step that is given is complete") {
  const Workshop workshop;
  workshop.add_steps();
  const Result checked = workshop.run_step({"check", "1.1"});
  CHECK(checked.exit_status == 0);
  CHECK(has(checked.out, " done\n"));
  CHECK(has(checked.out, "next  1.2: The step 2_two, about 5 minutes\n"));
  for (const char* const command : {"hint", "solution"}) {
    const Result result = workshop.run_step({command, "1.1"});
    CHECK(result.exit_status == 0);
    CHECK(has(result.out, "1.1 is complete as it comes"));
  }
  write_file(workshop.step("1_one"), prints("two\n"));
  CHECK(workshop.run_step({"check", "1.1"}).exit_status == 1);
}

TEST_CASE("run becomes the reader's program") {
  const Workshop workshop;
  workshop.add_steps();
  write_file(workshop.step("2_two"), "#!/bin/sh\necho \"$1\"; exit 7\n");
  const Result result = workshop.run_step({"run", "1.2", "hello"});
  CHECK(result.out == "hello\n");
  CHECK(result.exit_status == 7);
  write_file(workshop.step("2_two"), kNonsense);
  const Result nonsense = workshop.run_step({"run", "1.2"});
  CHECK(nonsense.exit_status == 1);
  CHECK(has(nonsense.err, "does not compile"));
}

TEST_CASE("steps have hints and can be begun again") {
  const Workshop workshop;
  workshop.add_steps();
  CHECK(workshop.run_step({"hint", "1.2"}).out ==
        "1.2: hint 1 of 3\n  1  Think.\n");
  // Both programs keep the same record.
  CHECK(has(workshop.run({"hint", "1.2"}).out, "1.2: hint 2 of 3\n"));
  write_file(workshop.step("2_two"), "mine\n");
  CHECK(has(workshop.run_step({"reset", "1.2"}).out, "your file is saved as"));
  CHECK(read_file(workshop.step("2_two")) == kStarter);
}

TEST_CASE("a step that is not there") {
  const Workshop workshop;
  workshop.add_steps();
  for (const char* const name : {"1.3", "01_selector/3_three"}) {
    const Result result = workshop.run_step({"check", name});
    CHECK(result.exit_status == 2);
    CHECK(has(result.err, fmt::format("there is no step '{}'; there are: 1.1 "
                                      "1.2",
                                      name)));
    CHECK(workshop.run({"check", name}).exit_status == 2);
  }
  CHECK(workshop.run_step({"check"}).exit_status == 2);
  CHECK(workshop.run_step({"dance", "1.1"}).exit_status == 2);
}

TEST_CASE("a chapter's steps come before its exercises") {
  const Workshop workshop;
  workshop.add_steps();
  const Result before = workshop.run({"check", "1"});
  CHECK(before.exit_status == 1);
  const auto at = [](const std::string& text, const std::string& part) {
    INFO(text);
    const std::size_t found = text.find(part);
    CHECK(found != std::string::npos);
    return found;
  };
  CHECK(at(before.out, "1.1: The step 1_one") <
        at(before.out, "1.2: The step 2_two"));
  CHECK(at(before.out, "1.2: The step 2_two") <
        at(before.out, "first: The first one"));
  // Then the story of the first that is not done.
  CHECK(has(before.out, "0 of 2 points\n\n1.2: The step 2_two"));
  CHECK(has(workshop.run({"progress"}).out,
            "  01  selector            1 of 2     0 of 1     0 of 2   1.2\n"));
  CHECK(has(workshop.run({"progress"}).out,
            "0 of 5 points, 0 of 2 exercises, 1 of 2 steps\nnext  1.2: "));

  write_file(workshop.step("2_two"), prints("one\ntwo\n"));
  CHECK(has(workshop.run({"check", "1"}).out, "points\n\nfirst: not started"));
  // Without a name, what was begun: that is one step.
  const Result begun = workshop.run({"check"});
  CHECK(begun.exit_status == 0);
  CHECK(has(begun.out, "1.2: The step 2_two"));
}

TEST_CASE("a word that begins with a dash is no exercise") {
  const Workshop workshop;
  const Result result = workshop.run({"check", "--hepl"});
  CHECK(result.exit_status == 2);
  CHECK(has(result.err, "check: there is no option --hepl"));
}

// --- watch
// -------------------------------------------------------------------------

namespace {

// A learner who saves an answer that passes, and then one that hangs. Waits for
// at most ten seconds each time.
constexpr const char* kSession = R"sh(
wait_for() {
  n=0
  until "$@"; do
    n=$((n + 1)); [ "$n" -lt 100 ] || { echo "never: $*"; return; }
    sleep 0.1
  done
}
cd "$1" || exit
"$2" --bundle bundle.json watch $3 first >said.txt 2>&1 &
wait_for grep -q Watching said.txt
cp right chapters/01_selector/exercises/first.cpp
wait_for grep -q '2 of 5 points' said.txt
cp hangs chapters/01_selector/exercises/first.cpp
wait_for test -e running
kill -TERM $!
wait $!
echo "status $?"
)sh";

// Files "a" and "b" in a folder, watched for ten (virtual) seconds.
struct Desk {
  using Way = FileWatch::Way;

  explicit Desk(Way way) : loop(clock) {
    write_file(a, "a\n");
    write_file(b, "b\n");
    watch.emplace(
        loop, std::vector{a, b},
        [this](const fs::path& path) {
          told.emplace_back(path.filename(), clock.now());
          if (on_told) on_told();
        },
        way);
  }
  template <class F>
  void at(std::chrono::milliseconds when, F action) {
    loop.call_later(when, std::move(action));
  }
  void run() {
    loop.call_later(10s, [this] { loop.stop(); });
    loop.run_forever();
  }
  Strings names() const {
    Strings result;
    for (const auto& [name, when] : told) result.push_back(name);
    return result;
  }

  common::VirtualClock clock;
  grader::ScratchDirectory folder;
  grader::ScratchDirectory elsewhere;
  fs::path a = folder.path() / "a";
  fs::path b = folder.path() / "b";
  std::vector<std::pair<std::string, std::chrono::nanoseconds>> told;
  std::function<void()> on_told;
  ch02::EventLoop loop;
  std::optional<FileWatch> watch;
};

}  // namespace

TEST_CASE("saving a file is noticed") {
  const auto way = GENERATE(Desk::Way::best, Desk::Way::polling);
  const bool polling = way == Desk::Way::polling;
  Desk desk(way);
  CHECK((desk.watch->name() == "polling") == polling);
  // A look may come as late as kPoll; then it must be quiet for a while.
  const auto late = (polling ? FileWatch::kPoll : 0ms) + FileWatch::kQuiet;

  SECTION("written in place") {
    desk.at(1s, [&] { write_file(desk.a, "longer\n"); });
    desk.run();
    CHECK(desk.names() == Strings{"a"});
    REQUIRE_FALSE(desk.told.empty());
    CHECK(desk.told[0].second >= 1s + FileWatch::kQuiet);
    CHECK(desk.told[0].second <= 1s + late);
  }
  SECTION("another file takes its place") {
    desk.at(1s, [&] {
      write_file(desk.elsewhere.path() / "new", "longer\n");
      fs::rename(desk.elsewhere.path() / "new", desk.b);
    });
    desk.at(4s, [&] { write_file(desk.b, "and longer\n"); });
    desk.run();
    CHECK(desk.names() == Strings{"b", "b"});
  }
  SECTION("twice in a moment counts once") {
    desk.at(1s, [&] { write_file(desk.a, "half"); });
    desk.at(1030ms, [&] { write_file(desk.a, "half and half"); });
    desk.run();
    CHECK(desk.names() == Strings{"a"});
    REQUIRE_FALSE(desk.told.empty());
    CHECK(desk.told[0].second >= 1030ms + FileWatch::kQuiet);
  }
  SECTION("gone, and back again") {
    desk.at(1s, [&] { fs::remove(desk.a); });
    desk.at(4s, [&] { CHECK(desk.told.empty()); });
    desk.at(5s, [&] { write_file(desk.a, "back again\n"); });
    desk.run();
    CHECK(desk.names() == Strings{"a"});
  }
  SECTION("other files do not count") {
    desk.at(1s, [&] { write_file(desk.folder.path() / "c", "c\n"); });
    desk.run();
    CHECK(desk.told.empty());
  }
  SECTION("saved while the last save is being judged") {
    desk.on_told = [&] {
      if (desk.told.size() == 1) write_file(desk.a, "once more, and longer\n");
    };
    desk.at(1s, [&] { write_file(desk.a, "longer\n"); });
    desk.run();
    CHECK(desk.names() == Strings{"a", "a"});
  }
  SECTION("one after the other") {
    desk.at(1s, [&] { write_file(desk.a, "longer\n"); });
    desk.at(4s, [&] { write_file(desk.b, "longer\n"); });
    desk.run();
    CHECK(desk.names() == Strings{"a", "b"});
  }
  SECTION("both at once") {
    desk.at(1s, [&] {
      write_file(desk.a, "longer\n");
      write_file(desk.b, "longer\n");
    });
    desk.run();
    CHECK(desk.names() == Strings{"a", "b"});
  }
}

TEST_CASE("watch judges a file when it is saved, and ends politely") {
  const Workshop workshop;
  const char* const way = GENERATE("", "--poll");
  write_file(workshop.root() / "right", kRight);
  write_file(workshop.root() / "hangs",
             fmt::format("#!/bin/sh\n: >{}/running\nwhile :; do :; done\n",
                         workshop.root().string()));
  write_file(workshop.root() / "session.sh", kSession);
  Request request;
  request.program = "/bin/sh";
  const char* const program = std::getenv("WORKBOOK_GRADER");
  if (program == nullptr) FAIL("WORKBOOK_GRADER names no program");
  request.arguments = {workshop.root() / "session.sh", workshop.root(), program,
                       way};
  const Result result = grader::run(request);
  CHECK(result.out == "status 0\n");
  const std::string said = read_file(workshop.root() / "said.txt");
  CHECK(has(said, "Watching chapters/01_selector/exercises/first.cpp:2 ("));
  CHECK(has(said, "first: say yes"));
  CHECK(has(said, "(not finished)"));
  CHECK(has(said, "next  second"));
  CHECK(result.elapsed < 9s);  // it did not wait for the answer that hangs
}

TEST_CASE("a signal ends the running program, and the next one") {
  Request request;
  request.program = "/bin/sleep";
  request.arguments = {"20"};
  const auto start = std::chrono::steady_clock::now();
  {
    const grader::InterruptScope scope;
    std::thread other([] {
      std::this_thread::sleep_for(100ms);
      ::kill(::getpid(), SIGTERM);
    });
    CHECK_THROWS_AS(grader::run(request), grader::Interrupted);
    CHECK_THROWS_AS(grader::run(request), grader::Interrupted);
    other.join();
  }
  CHECK(std::chrono::steady_clock::now() - start < 5s);
  request.arguments = {"0"};
  CHECK(grader::run(request).exit_status == 0);
}
