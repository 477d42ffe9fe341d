// How every chapter's program treats its command line and its output. The
// variable WORKBOOK_PROGRAM names the program under test.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace {

using grader::Output;
using grader::Request;
using grader::Result;

Request request_for(std::vector<std::string> arguments) {
  const char* const program = std::getenv("WORKBOOK_PROGRAM");
  if (program == nullptr) FAIL("WORKBOOK_PROGRAM names no program");
  Request request;
  request.program = program;
  request.arguments = std::move(arguments);
  return request;
}

Result run(std::vector<std::string> arguments) {
  return grader::run(request_for(std::move(arguments)));
}

Result run_into(Output output) {
  Request request = request_for({"--virtual-time"});
  request.output = output;
  return grader::run(request);
}

std::string name() { return request_for({}).program.filename().string(); }

// The number of lines in which the program complains, with its name.
std::size_t complaints(const Result& result) {
  std::size_t count = 0;
  for (const std::string& line : grader::split_lines(result.err)) {
    if (line.starts_with(name() + ": ")) ++count;
  }
  return count;
}

void check_lost_output(const Result& lost) {
  INFO("standard error:\n" << lost.err);
  CHECK_FALSE(lost.timed_out);
  CHECK_FALSE(lost.killed_by);
  const Result normal = run({"--virtual-time"});
  if (normal.out.empty()) {
    // The program does not write there, so nothing is lost.
    CHECK(lost.exit_status == normal.exit_status);
  } else {
    CHECK(lost.exit_status == 1);
    CHECK(complaints(lost) == complaints(normal) + 1);
  }
}

}  // namespace

TEST_CASE("--help explains on standard output") {
  const Result result = run({"--help"});
  CHECK(result.exit_status == 0);
  CHECK_FALSE(result.killed_by);
  CHECK(result.err.empty());
  INFO(result.out);
  CHECK(result.out.find("Usage: " + name()) != std::string::npos);
  CHECK(result.out.find("--virtual-time") != std::string::npos);
  CHECK(result.out.find("--trace FILE") != std::string::npos);
}

TEST_CASE("a wrong command line gets one line and the usage") {
  const auto argument = GENERATE(as<std::string>(), "--no-such-option", "-?",
                                 "unexpected_word", "--virtual-time=maybe");
  const Result result = run({argument});
  INFO(argument << "\n" << result.err);
  CHECK(result.exit_status == 2);
  CHECK_FALSE(result.killed_by);
  CHECK(result.out.empty());
  const auto lines = grader::split_lines(result.err);
  REQUIRE(lines.size() >= 2);
  CHECK(lines[0].starts_with(name() + ": "));
  CHECK(lines[1].starts_with("Usage: " + name()));
  CHECK(complaints(result) == 1);
}

TEST_CASE("output to a closed pipe is an error, not a crash") {
  check_lost_output(run_into(Output::closed_pipe));
}

#ifdef __linux__
TEST_CASE("output to a full disk is an error") {
  check_lost_output(run_into(Output::full_disk));
}
#endif

TEST_CASE("a help text that cannot be written is an error") {
  Request request = request_for({"--help"});
  request.output = Output::closed_pipe;
  const Result result = grader::run(request);
  CHECK_FALSE(result.killed_by);
  CHECK(result.exit_status == 1);
}

TEST_CASE("a trace is a file of whole lines, and changes no output") {
  const std::string file =
      std::filesystem::temp_directory_path() / (name() + "-manners.json");
  const Result plain = run({"--virtual-time"});
  const Result traced = run({"--virtual-time", "--trace", file});
  CHECK(traced.exit_status == plain.exit_status);
  CHECK(traced.out == plain.out);
  CHECK(traced.err == plain.err);
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::filesystem::remove(file);
  CHECK(text.starts_with("[\n{\"ts\":0.000,\"ph\":\"M\""));
  CHECK(text.find("\"args\":{\"name\":\"" + name() + "\"}") !=
        std::string::npos);
  CHECK(text.ends_with("}\n]\n"));
}

TEST_CASE("a trace that cannot be written is an error that names the file") {
  const Result result =
      run({"--virtual-time", "--trace", "/no/such/folder/run.json"});
  CHECK(result.exit_status == 1);
  CHECK(result.out.empty());
  CHECK(result.err ==
        name() +
            ": open('/no/such/folder/run.json'): No such file or directory\n");
}

#ifdef __linux__
TEST_CASE("a trace on a full disk is an error, after the program has run") {
  const Result plain = run({"--virtual-time"});
  const Result result = run({"--virtual-time", "--trace", "/dev/full"});
  CHECK(result.exit_status == 1);
  CHECK(result.out == plain.out);
  CHECK(result.err ==
        plain.err + name() + ": write('/dev/full'): No space left on device\n");
}
#endif

TEST_CASE("without readers of its output, it ends by itself") {
  const Result result = run_into(Output::nobody);
  CHECK_FALSE(result.timed_out);
  CHECK_FALSE(result.killed_by);
}
