// Runs a step of a test in a child process: it may be killed, or hang.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "tests/catch.hpp"

// A child of a process with ThreadSanitizer may not create threads.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool kThreadSanitizer = __has_feature(thread_sanitizer);
#else
inline constexpr bool kThreadSanitizer = false;
#endif

namespace child {

// Waits for a child process, and returns "exit 0" or "signal 13"; or kills it,
// and returns "hangs".
inline std::string end_of(pid_t process, std::chrono::milliseconds patience) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + patience;
  int status = 0;
  while (::waitpid(process, &status, WNOHANG) == 0) {
    if (steady_clock::now() > deadline) {
      ::kill(process, SIGKILL);
      ::waitpid(process, &status, 0);
      return "hangs";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

// Calls the function, which returns an exit status, in a child that uses the
// default for SIGPIPE.
template <class Function>
std::string run(Function function,
                std::chrono::milliseconds patience = std::chrono::seconds(5)) {
  const pid_t process = ::fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    int status = 99;
    try {
      status = function();
    } catch (...) {
      // The test sees 99.
    }
    ::_exit(status);
  }
  return end_of(process, patience);
}

// The write end of a pipe that has no reader.
inline int closed_pipe() {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  ::close(ends[0]);
  return ends[1];
}

}  // namespace child
