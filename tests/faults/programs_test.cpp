// A chapter's program whose standard error, or all of its descriptors, are of
// no use. tests/grader/tests/manners_test.cpp has the case of lost output.

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/judge/process.hpp"

namespace {

std::string program() {
  const char* const name = std::getenv("WORKBOOK_PROGRAM");
  if (name == nullptr) FAIL("WORKBOOK_PROGRAM names no program");
  return name;
}

// Descriptor 4 becomes a pipe without a reader: writing to it is EPIPE.
constexpr const char* kUnreadPipe =
    "d=$(mktemp -d) && mkfifo $d/pipe && exec 3<>$d/pipe 4>$d/pipe 3>&- && "
    "rm -r $d && ";

// Runs the program, with the redirections that the shell makes.
grader::Result run(const std::string& redirections) {
  grader::Request request;
  request.program = "/bin/sh";
  // The last program writes more to standard error with this option.
  const std::string more = program().ends_with("08_asyncio_debug") ? " -v" : "";
  const std::string first = redirections.ends_with("4>&-") ? kUnreadPipe : "";
  request.arguments = {"-c", first + "exec '" + program() + "' --virtual-time" +
                                 more + " " + redirections};
  return grader::run(request);
}

}  // namespace

TEST_CASE("lost output changes nothing else") {
  const grader::Result normal = run("");
  const std::string lost = GENERATE("2>/dev/full", "2>&-", "2>&4 4>&-");
  INFO(lost);
  const grader::Result result = run(lost);
  CHECK_FALSE(result.timed_out);
  CHECK_FALSE(result.killed_by);
  // A closed descriptor 2 is given to another file: the numbers move.
  if (lost != "2>&-") CHECK(result.out == normal.out);
  CHECK(result.exit_status == normal.exit_status);
}

TEST_CASE("without standard descriptors it ends, and reports lost output") {
  const grader::Result normal = run("");
  const std::string lost = GENERATE(">&-", ">&- 2>&-", "<&- >&- 2>&-",
                                    ">/dev/full 2>&1", ">&4 2>&4 4>&-");
  INFO(lost);
  const grader::Result result = run(lost);
  CHECK_FALSE(result.timed_out);
  CHECK_FALSE(result.killed_by);
  if (!normal.out.empty()) CHECK(result.exit_status != 0);
}
