// Runs one program to its end and keeps its output.
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

// The destination of the program's standard output. Its standard error comes
// back to us unless noted otherwise, and its standard input is empty.
enum class Output {
  separate,     // to us, apart from standard error
  as_terminal,  // to us, mixed with standard error in the order of writing
  closed_pipe,  // to a pipe without a reader
  full_disk,    // to /dev/full, where every write fails (Linux)
  nobody,       // both to pipes without readers
};

// Zero: no limit.
struct ResourceLimits {
  std::chrono::seconds cpu{0};
  // Bytes that the program and all that it starts have written to. We look a
  // hundred times a second, so the kernel also limits what each process can
  // have mapped to write to: kMapped times that.
  std::size_t memory = 0;
  std::size_t file_size = 0;  // bytes
};
inline constexpr std::size_t kMapped = 4;

struct Request {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  // Added to the caller's environment, without ASYNCIO_DEBUG; TZ is UTC, LC_ALL
  // is C, and colour is off.
  Environment environment;
  bool clear_environment = false;  // no caller's: only these and ours
  Output output = Output::separate;
  std::filesystem::path directory;  // to run in; if empty, the caller's
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  // Then it gets SIGABRT first, and a moment in which a sanitizer says where.
  bool asked_where = false;
  std::size_t most_output = 16U << 20U;  // bytes; more, and it is killed
  bool report = false;  // the program's descriptor 3 is also a pipe to us
  bool notes = false;   // and descriptor 4, for our program around it
  // Without the random addresses of Linux, among which the ThreadSanitizer of
  // GCC 12 finds no room.
  bool plain_addresses = false;
  ResourceLimits limits;
};

struct Result {
  std::string out;  // with Output::as_terminal, also standard error
  std::string err;
  std::string report;
  std::string notes;
  int exit_status = 0;
  std::optional<int> killed_by;  // a signal
  bool timed_out = false;        // and was killed for it
  bool too_much_output = false;  // and was killed for it
  bool too_much_memory = false;  // and was killed for it
  bool too_much_disk = false;    // and was killed for it
  ResourceLimits limits;         // those that it had
  std::size_t disk_limit = 0;    // bytes of files; 0: none
  std::chrono::nanoseconds elapsed{0};
};

// The program and all that it starts are one process group, which does not
// outlive the call. Throws Interrupted; and std::system_error, with the
// program's name in the message, if the program cannot be started.
Result run(const Request& request);

// For the handler of a signal: run() kills its program immediately and throws,
// and so does every later call.
void interrupt() noexcept;
bool is_interrupted() noexcept;
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};
// While it lives, Ctrl-C and the like interrupt() instead of ending the
// process. With a descriptor, they also write a byte to it. One at a time.
class InterruptScope {
 public:
  explicit InterruptScope(int fd = -1);
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
  ~InterruptScope();
};

}  // namespace grader
