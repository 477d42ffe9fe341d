// The command line that all programs share, and how a program behaves on it.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/command_line.hpp"
#include "common/trace/trace.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;

namespace {

struct Outcome {
  int status;  // 0 to 255, or -1 if it was killed
  std::string out;
  std::string err;
};

std::string contents(std::FILE* file) {
  std::string text;
  REQUIRE(std::fseek(file, 0, SEEK_SET) == 0);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    text += static_cast<char>(c);
  }
  std::fclose(file);
  return text;
}

// Runs the function in a child process, whose exit status is its result.
Outcome in_child(const std::function<int()>& function) {
  std::FILE* const out = std::tmpfile();
  std::FILE* const err = std::tmpfile();
  REQUIRE(out != nullptr);
  REQUIRE(err != nullptr);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(::fileno(out), STDOUT_FILENO);
    ::dup2(::fileno(err), STDERR_FILENO);
    ::alarm(20);  // killed, if it does not end
    const int status = function();
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .out = contents(out),
          .err = contents(err)};
}

// A program that prints what it understood.
int say(std::vector<const char*> arguments) {
  bool verbose = false;
  std::chrono::nanoseconds block = 100ms;
  std::string color = "red";
  common::CommandLine command_line("Says what it understood.");
  command_line.flag("verbose,v", verbose, "say more");
  command_line.seconds("block,b", block, "time to block");
  command_line.choice("color", color, {"red", "green"}, "what it looks like");
  arguments.insert(arguments.begin(), "/some/folder/say");
  command_line.parse(static_cast<int>(arguments.size()), arguments.data());
  std::printf("%s %lld %s %s", verbose ? "verbose" : "quiet",
              static_cast<long long>(block.count()), color.c_str(),
              command_line.clock().is_virtual() ? "virtual" : "system");
  return 0;
}

Outcome say_in_child(const std::vector<const char*>& arguments) {
  return in_child([&] { return say(arguments); });
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("command line: placeholders of its messages are refused") {
  // Boost.Program_options 1.74 never finishes the message about this one.
  const Outcome outcome =
      in_child([] { return say({"--bloc%original_token%"}); });
  CHECK(outcome.status == 2);
  CHECK(outcome.err.find("say: unrecognised argument "
                         "'--bloc%original_token%'\nUsage: say") == 0);
  CHECK(in_child([] { return say({"--block=100%"}); }).status == 2);
}

TEST_CASE("command line: nothing given, nothing changed") {
  const Outcome outcome = say_in_child({});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "quiet 100000000 red system");
  CHECK(outcome.err.empty());
}

TEST_CASE("command line: long and short options") {
  CHECK(say_in_child({"-v", "-b", "0.25", "--color", "green"}).out ==
        "verbose 250000000 green system");
  CHECK(say_in_child({"--verbose", "--block=1e-3", "--virtual-time"}).out ==
        "verbose 1000000 red virtual");
  CHECK(say_in_child({"--block", "0"}).out == "quiet 0 red system");
}

TEST_CASE("command line: --help goes to standard output") {
  for (const char* help : {"--help", "-h"}) {
    const Outcome outcome = say_in_child({help});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.substr(0, 47) ==
          "Says what it understood.\n\nUsage: say [options]\n");
    for (const char* option :
         {"--help", "--virtual-time", "--verbose", "-b [ --block ] SECONDS",
          "(default 0.1)", "--color WORD", "red, green (default red)"}) {
      INFO(option);
      CHECK(outcome.out.find(option) != std::string::npos);
    }
  }
}

TEST_CASE("command line: what it does not understand ends with status 2") {
  const auto bad_seconds = [](const std::string& text) {
    return "say: the argument ('" + text +
           "') for option '--block' is invalid: a number of seconds is needed, "
           "such as 0.1";
  };
  const std::vector<std::pair<std::vector<const char*>, std::string>> cases = {
      {{"--nope"}, "say: unrecognised option '--nope'"},
      {{"-x"}, "say: unrecognised option '-x'"},
      {{"--block"},
       "say: the required argument for option '--block' is missing"},
      {{"--block", "soon"}, bad_seconds("soon")},
      {{"--block", "1s"}, bad_seconds("1s")},
      {{"--block="}, ""},
      {{"--block=-1"}, bad_seconds("-1")},
      {{"--block", "-1"}, ""},
      {{"--block", "nan"}, bad_seconds("nan")},
      {{"--block", "inf"}, bad_seconds("inf")},
      {{"--block", "1e300"}, bad_seconds("1e300")},
      {{"--block", "1", "--block", "2"},
       "say: option '--block' cannot be specified more than once"},
      {{"--verbose=1"}, ""},
      {{"--color", "blue"},
       "say: the argument ('blue') for option '--color' is invalid: it must "
       "be one of red, green"},
      {{"--color"},
       "say: the required argument for option '--color' is missing"},
      {{"file"},
       "say: too many positional options have been specified on the command "
       "line"},
  };
  for (const auto& [arguments, line] : cases) {
    const Outcome outcome = say_in_child(arguments);
    INFO(arguments.front() << "\n" << outcome.err);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.substr(0, 5) == "say: ");
    if (!line.empty()) CHECK(first_line(outcome.err) == line);
    // one line, then the usage
    CHECK(outcome.err.find("\nUsage: say [options]\n") ==
          first_line(outcome.err).size());
  }
}

TEST_CASE("run_program: the status of main, and exceptions as one line") {
  char name[] = "/some/folder/prog";
  char* arguments[] = {name, nullptr};
  const auto run = [&](int (*program)(int, char**)) {
    return in_child([&] { return common::run_program(program, 1, arguments); });
  };
  CHECK(run([](int argc, char**) { return argc + 2; }).status == 3);

  Outcome outcome = run([](int, char**) -> int {
    std::printf("before\n");
    throw std::runtime_error("broken");
  });
  CHECK(outcome.status == 1);
  CHECK(outcome.out == "before\n");
  CHECK(outcome.err == "prog: broken\n");

  outcome = run([](int, char**) -> int { throw 42; });
  CHECK(outcome.status == 1);
  CHECK(outcome.err == "prog: an exception that is not a std::exception\n");

  if (::access("/dev/full", W_OK) != 0) return;
  outcome = run([](int, char**) -> int {
    common::VirtualClock clock;
    const common::Trace lost("/dev/full", clock, "test");
    throw std::runtime_error("broken");
  });
  CHECK(outcome.status == 1);
  CHECK(outcome.err ==
        "prog: broken\n"
        "prog: write('/dev/full'): No space left on device\n");
}

TEST_CASE("run_program: output to a closed pipe is one line and status 1") {
  char name[] = "prog";
  char* arguments[] = {name, nullptr};
  const Outcome outcome = in_child([&] {
    auto pipe = common::make_pipe();
    ::dup2(pipe.write.get(), STDOUT_FILENO);
    pipe = {};
    return common::run_program(
        [](int, char**) {
          std::printf("nobody reads this\n");
          return 0;
        },
        1, arguments);
  });
  CHECK(outcome.status == 1);
  CHECK(outcome.err == "prog: standard output: Broken pipe\n");
}
