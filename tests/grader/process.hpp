// Runs one program to its end and keeps what it said.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grader {

using Environment = std::vector<std::pair<std::string, std::string>>;

// Where the program's standard output goes. Its standard error comes back to
// us unless said otherwise, and its standard input is empty.
enum class Output {
  separate,     // to us, apart from standard error
  as_terminal,  // to us, mixed with standard error in the order of writing
  closed_pipe,  // to a pipe that nobody reads
  full_disk,    // to /dev/full, where every write fails (Linux)
  nobody,       // both to pipes that nobody reads
};

struct Request {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  // Added to the caller's environment, less ASYNCIO_DEBUG; TZ is UTC, LC_ALL
  // is C, and colour is off.
  Environment environment;
  Output output = Output::separate;
  std::filesystem::path directory;  // to run in; empty: the caller's
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  std::size_t most_output = 16U << 20U;  // bytes, then the program is ended
};

struct Result {
  std::string out;  // with Output::as_terminal, standard error too
  std::string err;
  int exit_status = 0;
  std::optional<int> killed_by;  // a signal
  bool timed_out = false;        // and was killed for it
  bool too_much_output = false;  // and was killed for it
  std::chrono::nanoseconds elapsed{0};
};

// The program and what it started are one process group, and none of them
// outlives the call. Throws std::system_error when the program cannot be
// started, and then the message names it.
Result run(const Request& request);

}  // namespace grader
