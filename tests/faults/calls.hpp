// System calls that fail when a test wants them to. The linker sends every call
// of ours through here (--wrap); chapters and common know nothing of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace faults {

enum class Call {
  epoll_create1,
  epoll_ctl,
  epoll_wait,
  pipe,
  fcntl,
  read,
  write,
  close
};
std::string name(Call call);

// One fault; it is withdrawn at the end of the scope.
class Fault {
 public:
  // The nth call from now, counted from 1, does nothing and returns `result`
  // with this errno. A close() that fails has closed all the same, as on Linux.
  Fault(Call call, int nth, int error, int result = -1);
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;
  ~Fault();

  bool happened() const;
};

// When the next fault happens, std::chrono::steady_clock jumps ahead.
void jump_at_next_fault(std::chrono::nanoseconds ahead);

// The ends of the latest pipe(): the loop's wake-up pipe, after it was made.
struct Ends {
  int read;
  int write;
};
Ends latest_pipe();

// In this scope an epoll_wait() without a timeout throws std::runtime_error
// when nothing happens for two seconds: a test must fail, not hang.
class Watchdog {
 public:
  Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();
};

std::size_t injected();  // faults that happened in this process
std::size_t open_descriptors();

}  // namespace faults
