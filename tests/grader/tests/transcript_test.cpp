#include "tests/grader/judge/transcript.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/judge/process.hpp"

namespace {

namespace fs = std::filesystem;
using grader::Output;
using grader::Request;
using grader::Result;
using grader::Settings;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

// A folder of small programs and transcripts, gone after the test.
class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "transcript-test-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }
  // A shell script takes the place of a chapter's program.
  fs::path program(const std::string& name, const std::string& script) const {
    const fs::path file = write(name, "#!/bin/sh\n" + script + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
  std::string read(const std::string& name) const {
    std::ifstream stream(path_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  Settings settings() const {
    Settings settings;
    settings.programs = path_;
    return settings;
  }

 private:
  fs::path path_;
};

std::string message_of(const std::string& line) {
  try {
    grader::parse_command(line);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Request request_for(const fs::path& program) {
  Request request;
  request.program = program;
  return request;
}

}  // namespace

TEST_CASE("a first line is split into words as a shell would") {
  const auto command = grader::parse_command(
      "$ ASYNCIO_DEBUG=1 EMPTY= 05_set_debug  -v --name 'two words' a\\ b "
      "\"it's \\\"it\\\"\" '' x=y");
  CHECK(command.environment ==
        grader::Environment{{"ASYNCIO_DEBUG", "1"}, {"EMPTY", ""}});
  CHECK(command.program == "05_set_debug");
  CHECK(command.arguments ==
        Texts{"-v", "--name", "two words", "a b", "it's \"it\"", "", "x=y"});
}

TEST_CASE("a first line that is no command is refused with the reason") {
  CHECK(contains(message_of("08_asyncio_debug -v"), "must be a command"));
  CHECK(contains(message_of(""), "must be a command"));
  CHECK(contains(message_of("$ "), "names no program"));
  CHECK(contains(message_of("$ NAME=value"), "names no program"));
  CHECK(contains(message_of("$ bin/program"), "without its folder"));
  CHECK(contains(message_of("$ program 'open"), "quote (') is not closed"));
  CHECK(contains(message_of("$ program \\"), "backslash ends the line"));
  CHECK(contains(message_of("$ program | head"), "'|' would need a shell"));
  CHECK(contains(message_of("$ program $HOME"), "'$' would need a shell"));
  CHECK(message_of("$ program '|' \\$ \"a;b\"") == "accepted");
}

TEST_CASE("a transcript is a first line and the rest") {
  const Folder folder;
  const auto whole = grader::read_transcript(
      folder.write("whole.txt", "$ program -v\nline 1\nline 2\n"));
  CHECK(whole.first_line == "$ program -v");
  CHECK(whole.command.program == "program");
  CHECK(whole.output == "line 1\nline 2\n");
  const auto only_command =
      grader::read_transcript(folder.write("new.txt", "$ program"));
  CHECK(only_command.first_line == "$ program");
  CHECK(only_command.output.empty());
}

TEST_CASE("a transcript of no use is named with the reason") {
  const Folder folder;
  try {
    grader::read_transcript(folder.settings().programs / "missing.txt");
    FAIL("read a missing file");
  } catch (const std::system_error& error) {
    CHECK(contains(error.what(), "missing.txt: No such file or directory"));
  }
  try {
    grader::read_transcript(folder.write("bad.txt", "no command\n"));
    FAIL("read a file without a command");
  } catch (const std::invalid_argument& error) {
    CHECK(contains(error.what(), "bad.txt:1: the first line must be"));
  }
}

TEST_CASE("normalising hides platform, address and the compilers' lines only") {
  CHECK(grader::normalise("Using selector: EpollSelector") ==
        grader::normalise("Using selector: KqueueSelector"));
  CHECK(grader::normalise("<Loop at 0x7f00ab>") ==
        grader::normalise("<Loop at 0x55>"));
  CHECK(grader::normalise("==17==ERROR: leak") ==
        grader::normalise("==4711==ERROR: leak"));
  CHECK(grader::normalise("done, defined at main.cpp:12>") ==
        grader::normalise("done, defined at main.cpp:345>"));
  CHECK(grader::normalise("running at main.cpp:7 (not started)") ==
        grader::normalise("running at main.cpp:9 (not started)"));

  CHECK(grader::normalise("created at main.cpp:12") !=
        grader::normalise("created at main.cpp:13"));
  CHECK(grader::normalise("running at main.cpp:7>") !=
        grader::normalise("running at main.cpp:9>"));
  CHECK(grader::normalise("defined at a.cpp:1") !=
        grader::normalise("defined at b.cpp:1"));
  CHECK(grader::normalise("SelectSelector") != grader::normalise("Selector"));
  CHECK(grader::normalise("took 0.100 seconds") == "took 0.100 seconds");
}

TEST_CASE("normal text stays as it is, and may be long") {
  for (const auto* text :
       {"<Loop at 0x7f00ab>", "==1==12==: leak", "===1==2===3==",
        "EpollSelector==1==KqueueSelector", "defined at a.cpp:1==2==3==",
        "defined at ==1==2==:0x3 defined at 0x1:2", "defined at a.cpp:0x5",
        "running at a.cpp:1 (not started)defined at b.cpp:2"}) {
    const std::string once = grader::normalise(text);
    CHECK(grader::normalise(once) == once);
  }
  const std::string name(100'000, 'a');
  const std::string number(100'000, '1');
  for (const std::string& line :
       {"0x" + name, "==" + number + "==", "defined at " + name + ":1",
        "defined at a.cpp:" + number, "running at " + name + ":1 (not started)",
        "running at a.cpp:" + number + " (not started)"}) {
    CHECK(grader::normalise(line) == line);
    CHECK(grader::diff(line + " took", line + " took", {}).empty());
  }
}

TEST_CASE("texts hidden side by side are hidden completely") {
  CHECK(grader::normalise("==1==12==") == "==PID==PID==");
  CHECK(grader::normalise("defined at a.cpp:0x5") ==
        "defined at a.cpp:0xADDRESS");
}

TEST_CASE("lines are split as a terminal shows them") {
  CHECK(grader::split_lines("") == Texts{});
  CHECK(grader::split_lines("a\n\nb\n") == Texts{"a", "", "b"});
  CHECK(grader::split_lines("a\nb") == Texts{"a", "b"});
}

TEST_CASE("equal outputs have no difference") {
  CHECK(grader::diff("", "").empty());
  CHECK(grader::diff("a\nb\n", "a\nb\n").empty());
  CHECK(grader::diff("EpollSelector\n", "KqueueSelector\n").empty());
}

TEST_CASE("a difference is shown with its neighbours and the file's lines") {
  const std::string expected = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
  const std::string got = "one\ntwo\nthree\nFOUR\nfive\nsix\nseven\neight\n";
  CHECK(grader::diff(expected, got) ==
        "            ...\n"
        "                3 | two\n"
        "                4 | three\n"
        "  > expected    5 | four\n"
        "  > got         5 | FOUR\n"
        "                6 | five\n"
        "                7 | six\n"
        "                8 | seven\n"
        "  > got         9 | eight\n");
}

TEST_CASE("a missing line does not make the rest differ") {
  CHECK(grader::diff("a\nb\nc\nd\n", "a\nc\nd\n") ==
        "                2 | a\n"
        "  > expected    3 | b\n"
        "                4 | c\n"
        "                5 | d\n");
}

TEST_CASE("a difference shows the lines as they are, and harmless") {
  const std::string report = grader::diff(
      "EpollSelector at 0x10\nx\n", "KqueueSelector at 0x20\n\x1b[31mx\r\n");
  CHECK(contains(report, "EpollSelector at 0x10"));
  CHECK(contains(report, "\\x1b[31mx\\x0d"));
  CHECK_FALSE(contains(report, "\x1b"));
}

TEST_CASE("a long difference is cut short") {
  std::string expected;
  std::string got;
  for (int i = 0; i < 5000; ++i) {
    expected += fmt::format("expected {}\n", i);
    got += fmt::format("got {}\n", i);
  }
  CHECK(grader::split_lines(grader::diff(expected, got)).size() < 100);
}

TEST_CASE("a real clock may report more time, but not more than passed") {
  const grader::RealClock clock{milliseconds(110)};
  const std::string expected = "start\nstep took 0.100 seconds\nend\n";
  const auto with = [](const std::string& number) {
    return "start\nstep took " + number + " seconds\nend\n";
  };
  CHECK(grader::diff(expected, with("0.100"), clock).empty());
  CHECK(grader::diff(expected, with("0.110"), clock).empty());
  CHECK(contains(grader::diff(expected, with("0.099"), clock), "0.099"));
  CHECK(contains(grader::diff(expected, with("0.112"), clock), "0.112"));
  const grader::RealClock slow{seconds(5)};
  CHECK(grader::diff(expected, with("1.100"), slow).empty());
  CHECK(contains(grader::diff(expected, with("1.101"), slow), "1.101"));
}

TEST_CASE("a real clock may find other steps slow, but invents no line") {
  const grader::RealClock clock{milliseconds(200)};
  const std::string expected = "start\nstep took 0.100 seconds\nend\n";
  CHECK(grader::diff(expected,
                     "start\nother took 0.002 seconds\n"
                     "step took 0.100 seconds\nend\nlast took 0.001 seconds\n",
                     clock)
            .empty());
  CHECK(contains(grader::diff(expected, "start\nend\n", clock), "0.100"));
  CHECK(contains(
      grader::diff(expected, "start\nstep took 0.100 seconds\nmore\nend\n",
                   clock),
      "> got         4 | more"));
}

TEST_CASE("a program's output comes back mixed or apart") {
  const Folder folder;
  Request request = request_for(folder.program(
      "speaker", "echo one; echo two >&2; echo three; cat; exit 3"));
  const Result apart = grader::run(request);
  CHECK(apart.out == "one\nthree\n");
  CHECK(apart.err == "two\n");
  CHECK(apart.exit_status == 3);
  CHECK_FALSE(apart.killed_by);
  request.output = Output::as_terminal;
  CHECK(grader::run(request).out == "one\ntwo\nthree\n");
}

TEST_CASE("a program gets its arguments and a known environment") {
  ::setenv("ASYNCIO_DEBUG", "1", 1);
  ::setenv("TZ", "Asia/Tokyo", 1);
  const Folder folder;
  Request request = request_for(folder.program(
      "tell", "echo \"$# $1|$2 ${ASYNCIO_DEBUG-unset} $TZ $LC_ALL $MINE\""));
  request.arguments = {"two words", ""};
  request.environment = {{"MINE", "yes"}};
  CHECK(grader::run(request).out == "2 two words| unset UTC C yes\n");
  request.environment = {{"ASYNCIO_DEBUG", "0"}, {"TZ", "CET"}};
  CHECK(grader::run(request).out == "2 two words| 0 CET C \n");
  ::unsetenv("ASYNCIO_DEBUG");
  ::unsetenv("TZ");
}

TEST_CASE("a program inherits no descriptor but the first three") {
  const int fd = ::dup(STDERR_FILENO);
  REQUIRE(fd >= 3);
  const Folder folder;
  const std::string script =
      fmt::format("[ -e /dev/fd/2 ] && [ ! -e /dev/fd/{} ] && echo closed", fd);
  CHECK(grader::run(request_for(folder.program("look", script))).out ==
        "closed\n");
  ::close(fd);
}

TEST_CASE("a program that cannot run is named with the reason") {
  const Folder folder;
  try {
    grader::run(request_for(folder.settings().programs / "nobody"));
    FAIL("ran a missing program");
  } catch (const std::system_error& error) {
    CHECK(contains(error.what(), "nobody: No such file or directory"));
  }
  CHECK_THROWS_AS(grader::run(request_for(folder.write("text", "no program"))),
                  std::system_error);
}

TEST_CASE("a program killed by a signal is told apart from one that ends") {
  const Folder folder;
  const Result result =
      grader::run(request_for(folder.program("fall", "kill -SEGV $$")));
  REQUIRE(result.killed_by);
  CHECK(*result.killed_by == SIGSEGV);
}

TEST_CASE("a timeout stops the program and all that it started") {
  const Folder folder;
  const fs::path pid_file = folder.settings().programs / "pid";
  Request request = request_for(folder.program(
      "slow", fmt::format("echo begun; sleep 60 & echo $! > '{}'; wait",
                          pid_file.string())));
  request.timeout = milliseconds(300);
  const Result result = grader::run(request);
  CHECK(result.timed_out);
  CHECK(result.killed_by == SIGKILL);
  CHECK(result.out == "begun\n");
  CHECK(result.elapsed < seconds(30));
  // The grandchild is killed at the same time; it is gone as soon as its new
  // parent has noticed, which may take a moment.
  const int pid = std::stoi(folder.read("pid"));
  std::string state = "Z";
  for (int i = 0; i < 500 && ::kill(pid, 0) == 0; ++i) {
    ::usleep(10'000);
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string ignored;
    stat >> ignored >> ignored >> state;
    if (state == "Z") break;
  }
  CHECK((::kill(pid, 0) != 0 || state == "Z"));
}

TEST_CASE("a program that closes its output and stays is also stopped") {
  const Folder folder;
  Request request =
      request_for(folder.program("hide", "exec >&- 2>&-; sleep 60"));
  request.timeout = milliseconds(200);
  CHECK(grader::run(request).timed_out);
}

TEST_CASE("endless output is stopped") {
  const Folder folder;
  Request request = request_for(folder.program("yes", "exec yes"));
  request.most_output = 1U << 20U;
  const Result result = grader::run(request);
  CHECK(result.too_much_output);
  CHECK_FALSE(result.timed_out);
}

TEST_CASE("standard output can be a closed pipe or a full disk") {
  const Folder folder;
  Request request = request_for(folder.program(
      "write", "trap '' PIPE; echo x || { echo refused >&2; exit 1; }"));
  request.output = Output::closed_pipe;
  const Result closed = grader::run(request);
  CHECK(closed.exit_status == 1);
  CHECK(contains(closed.err, "refused"));
#ifdef __linux__
  request.output = Output::full_disk;
  CHECK(grader::run(request).exit_status == 1);
#endif
}

TEST_CASE("how a program ended is its transcript's last line") {
  Result result;
  result.out = "no newline";
  CHECK(grader::as_shown(result) == "no newline\n");
  result.exit_status = 2;
  CHECK(grader::as_shown(result) == "no newline\n(exit status 2)\n");
  result.killed_by = 11;
  CHECK(grader::as_shown(result) == "no newline\n(killed by signal 11)\n");
  CHECK(grader::as_shown(Result()).empty());
}

TEST_CASE("a comparison runs the command in virtual time") {
  const Folder folder;
  folder.program("chapter", "echo \"$@\"; exit 2");
  const auto right = folder.write(
      "right.txt", "$ chapter -v\n-v --virtual-time\n(exit status 2)\n");
  CHECK(grader::compare(right, folder.settings()).empty());

  Settings real = folder.settings();
  real.virtual_time = false;
  real.real_clock = true;
  const auto on_clock =
      folder.write("clock.txt", "$ chapter -v\n-v\n(exit status 2)\n");
  CHECK(grader::compare(on_clock, real).empty());
}

TEST_CASE("output after a last line of three dots is not compared") {
  const Folder folder;
  folder.program("chapter", "echo one; echo two; echo three; exit 1");
  const auto file = folder.write("case.txt", "$ chapter\none\ntwo\n...\n");
  CHECK(grader::compare(file, folder.settings()).empty());
  CHECK(grader::refresh(file, folder.settings()) == grader::Refreshed::same);

  const auto other = folder.write("other.txt", "$ chapter\none\n2\n...\n");
  CHECK(contains(grader::compare(other, folder.settings()),
                 "> expected    3 | 2\n  > got         3 | two\n"));
  CHECK(grader::refresh(other, folder.settings()) ==
        grader::Refreshed::changed);
  CHECK(folder.read("other.txt") == "$ chapter\none\ntwo\n...\n");

  const auto longer = folder.write(
      "longer.txt", "$ chapter\none\ntwo\nthree\n(exit status 1)\n4\n...\n");
  CHECK(contains(grader::compare(longer, folder.settings()), "| 4\n"));
}

TEST_CASE("a refused comparison shows command, file and difference") {
  const Folder folder;
  folder.program("chapter", "echo one; echo too");
  const auto file = folder.write("case.txt", "$ chapter -v\none\ntwo\n");
  const std::string report = grader::compare(file, folder.settings());
  CHECK(contains(report, "command  chapter -v --virtual-time\n"));
  CHECK(contains(report, "file     " + file.string() + "\n"));
  CHECK(contains(report, "> expected    3 | two\n  > got         3 | too\n"));
}

TEST_CASE("a comparison with a program that hangs says so") {
  const Folder folder;
  folder.program("chapter", "echo one; sleep 60");
  const auto file = folder.write("case.txt", "$ chapter\none\n");
  Settings settings = folder.settings();
  settings.timeout = milliseconds(200);
  CHECK(contains(grader::compare(file, settings),
                 "still running after 0.2 seconds"));
}

TEST_CASE("a comparison without its program names both") {
  const Folder folder;
  const auto file = folder.write("case.txt", "$ nobody\n");
  try {
    grader::compare(file, folder.settings());
    FAIL("compared with a missing program");
  } catch (const std::exception& error) {
    CHECK(contains(error.what(), "case.txt: cannot run "));
    CHECK(contains(error.what(), "nobody: No such file or directory"));
  }
}

TEST_CASE("a refresh keeps the first line and says what changed") {
  const Folder folder;
  folder.program("chapter", "echo EpollSelector; echo new");
  const auto file = folder.write("case.txt", "$ A=1 chapter -v\nold\n");
  const Settings settings = folder.settings();
  CHECK(grader::refresh(file, settings) == grader::Refreshed::changed);
  CHECK(folder.read("case.txt") == "$ A=1 chapter -v\nEpollSelector\nnew\n");
  CHECK(grader::refresh(file, settings) == grader::Refreshed::same);
  folder.write("case.txt", "$ A=1 chapter -v\nKqueueSelector\nnew\n");
  CHECK(grader::refresh(file, settings) == grader::Refreshed::ignored_parts);
}

namespace {

// A program that knows --trace: it says `out`, and writes `trace`.
std::string traced_program(const std::string& out, const std::string& trace,
                           const std::string& out_with_trace = "") {
  return "echo " + out +
         "\nwhile [ $# -gt 0 ]; do\n"
         "if [ \"$1\" = --trace ]; then printf '" +
         trace + "' >\"$2\"; " + out_with_trace + ":; fi; shift; done";
}

}  // namespace

TEST_CASE("a trace beside a transcript is compared as well") {
  const Folder folder;
  const Settings settings = folder.settings();
  const auto file = folder.write("case.txt", "$ chapter -v\none\n");
  folder.program("chapter", traced_program("one", R"([\nEpollSelector\n]\n)"));
  CHECK(grader::compare(file, settings).empty());

  const auto trace = folder.write("case.trace.json", "[\nKqueueSelector\n]\n");
  CHECK(grader::compare(file, settings).empty());

  folder.write("case.trace.json", "[\nother\n]\n");
  const std::string report = grader::compare(file, settings);
  CHECK(contains(report, "command  chapter -v --virtual-time --trace\n"));
  CHECK(contains(report, "file     " + trace.string() + "\n"));
  CHECK(contains(report, "> expected    2 | other\n  > got         2 | Epoll"));

  // On a real clock a trace has other times, and is not compared.
  Settings real_clock = settings;
  real_clock.virtual_time = false;
  real_clock.real_clock = true;
  CHECK(grader::compare(file, real_clock).empty());
}

TEST_CASE("a program that prints other things with a trace is refused") {
  const Folder folder;
  const auto file = folder.write("case.txt", "$ chapter\none\n");
  folder.write("case.trace.json", "[]\n");
  folder.program("chapter", traced_program("one", "[]\\n", "echo two; "));
  const std::string report = grader::compare(file, folder.settings());
  CHECK(contains(report, "With --trace it prints other things.\n"));
  CHECK(contains(report, "> got         3 | two\n"));
}

TEST_CASE("a refresh writes a trace where there is one") {
  const Folder folder;
  const Settings settings = folder.settings();
  folder.program("chapter", traced_program("one", R"([\nnew\n]\n)"));
  const auto file = folder.write("case.txt", "$ chapter\none\n");
  CHECK(grader::refresh(file, settings) == grader::Refreshed::same);
  CHECK_FALSE(fs::exists(file.parent_path() / "case.trace.json"));

  folder.write("case.trace.json", "");
  CHECK(grader::refresh(file, settings) == grader::Refreshed::changed);
  CHECK(folder.read("case.trace.json") == "[\nnew\n]\n");
  CHECK(grader::refresh(file, settings) == grader::Refreshed::same);
}

TEST_CASE("a refresh writes nothing where only addresses differ") {
  const Folder folder;
  folder.program("chapter", "echo '==17==ERROR at 0x7f01'");
  const std::string before = "$ chapter\n==4711==ERROR at 0x55\n";
  const auto file = folder.write("case.txt", before);
  CHECK(grader::refresh(file, folder.settings()) == grader::Refreshed::same);
  CHECK(folder.read("case.txt") == before);
}

TEST_CASE("a refresh writes nothing for a program that had to be stopped") {
  const Folder folder;
  folder.program("chapter", "sleep 60");
  const auto file = folder.write("case.txt", "$ chapter\nold\n");
  Settings settings = folder.settings();
  settings.timeout = milliseconds(200);
  CHECK_THROWS_AS(grader::refresh(file, settings), std::runtime_error);
  CHECK(folder.read("case.txt") == "$ chapter\nold\n");
}
