// Runs one program to its end and keeps what it said.
#pragma once

#include <chrono>
#include <exception>
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

// What the kernel holds a program to. Zero: no limit.
struct ResourceLimits {
  std::chrono::seconds cpu{0};
  std::size_t memory = 0;     // bytes of address space
  std::size_t file_size = 0;  // bytes
};

struct Request {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  // Added to the caller's environment, less ASYNCIO_DEBUG; TZ is UTC, LC_ALL
  // is C, and colour is off.
  Environment environment;
  bool clear_environment = false;  // only the additions, and ours
  Output output = Output::separate;
  std::filesystem::path directory;  // to run in; empty: the caller's
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  std::size_t most_output = 16U << 20U;  // bytes, then the program is ended
  bool report = false;  // the program's descriptor 3 is a pipe to us, too
  bool notes = false;   // and descriptor 4, for a program of ours around it
  // Without the random addresses of Linux, among which the ThreadSanitizer of
  // GCC 12 finds no room.
  bool plain_addresses = false;
  ResourceLimits limits;
};

struct Result {
  std::string out;  // with Output::as_terminal, standard error too
  std::string err;
  std::string report;
  std::string notes;
  int exit_status = 0;
  std::optional<int> killed_by;  // a signal
  bool timed_out = false;        // and was killed for it
  bool too_much_output = false;  // and was killed for it
  std::chrono::nanoseconds elapsed{0};
};

// The program and what it started are one process group, and none of them
// outlives the call. Throws std::system_error when the program cannot be
// started, and then the message names it, and Interrupted.
Result run(const Request& request);

// For the handler of a signal: run() ends its program at once and throws, and
// so does every later call.
void interrupt() noexcept;
bool is_interrupted() noexcept;
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};
// While it lives, Ctrl-C and the like interrupt() instead of ending the
// process. With a descriptor, a byte is written to it, too. One at a time.
class InterruptScope {
 public:
  explicit InterruptScope(int fd = -1);
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
  ~InterruptScope();
};

}  // namespace grader
