#include "tests/faults/calls.hpp"

#include <sys/epoll.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace faults {

namespace {

constexpr std::array kNames = {"epoll_create1", "epoll_ctl", "epoll_wait",
                               "pipe",          "fcntl",     "read",
                               "write",         "close"};

struct Plan {
  Call call;
  int left;  // calls until it happens
  int error;
  int result;
};

std::mutex mutex;
std::optional<Plan> plan;  // until it has happened
std::atomic<std::size_t> happened_in_all = 0;
std::atomic<long long> clock_offset = 0;
std::atomic<long long> next_jump = 0;
std::atomic<int> watchdogs = 0;
Ends latest{-1, -1};

// The result of a call that must not be made, with errno set.
std::optional<int> instead(Call call) {
  const std::lock_guard lock(mutex);
  if (!plan || plan->call != call || --plan->left > 0) return std::nullopt;
  const Plan now = *plan;
  plan.reset();
  ++happened_in_all;
  clock_offset += next_jump.exchange(0);
  errno = now.error;
  return now.result;
}

}  // namespace

std::string name(Call call) { return kNames[static_cast<std::size_t>(call)]; }

Fault::Fault(Call call, int nth, int error, int result) {
  const std::lock_guard lock(mutex);
  if (plan) throw std::logic_error("one fault at a time");
  plan = Plan{call, nth, error, result};
}

Fault::~Fault() {
  const std::lock_guard lock(mutex);
  plan.reset();
}

bool Fault::happened() const {
  const std::lock_guard lock(mutex);
  return !plan;
}

void jump_at_next_fault(std::chrono::nanoseconds ahead) {
  next_jump = ahead.count();
}

Ends latest_pipe() { return latest; }

Watchdog::Watchdog() { ++watchdogs; }
Watchdog::~Watchdog() { --watchdogs; }

std::size_t injected() { return happened_in_all; }

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace faults

// --- The functions that the linker calls instead -----------------------------

using faults::Call;
using faults::instead;

extern "C" {

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags) {
  if (const auto answer = instead(Call::epoll_create1)) return *answer;
  return __real_epoll_create1(flags);
}

int __real_epoll_ctl(int epoll, int operation, int fd, epoll_event* event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  if (const auto answer = instead(Call::epoll_ctl)) return *answer;
  return __real_epoll_ctl(epoll, operation, fd, event);
}

int __real_epoll_wait(int epoll, epoll_event* events, int size, int timeout);
int __wrap_epoll_wait(int epoll, epoll_event* events, int size, int timeout) {
  if (const auto answer = instead(Call::epoll_wait)) return *answer;
  if (timeout >= 0 || faults::watchdogs == 0) {
    return __real_epoll_wait(epoll, events, size, timeout);
  }
  const int count = __real_epoll_wait(epoll, events, size, 2000);
  if (count == 0) throw std::runtime_error("the loop waits without end");
  return count;
}

int __real_pipe(int* ends);
int __wrap_pipe(int* ends) {
  if (const auto answer = instead(Call::pipe)) return *answer;
  const int result = __real_pipe(ends);
  if (result == 0) faults::latest = {ends[0], ends[1]};
  return result;
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...) {
  if (const auto answer = instead(Call::fcntl)) return *answer;
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return __real_fcntl(fd, command, argument);
}

ssize_t __real_read(int fd, void* bytes, std::size_t size);
ssize_t __wrap_read(int fd, void* bytes, std::size_t size) {
  if (const auto answer = instead(Call::read)) return *answer;
  return __real_read(fd, bytes, size);
}

ssize_t __real_write(int fd, const void* bytes, std::size_t size);
ssize_t __wrap_write(int fd, const void* bytes, std::size_t size) {
  if (const auto answer = instead(Call::write)) return *answer;
  return __real_write(fd, bytes, size);
}

int __real_close(int fd);
int __wrap_close(int fd) {
  const auto answer = instead(Call::close);
  const int error = errno;
  const int result = __real_close(fd);
  if (!answer) return result;
  errno = error;
  return *answer;
}

// std::chrono::steady_clock::now() of libstdc++, in nanoseconds.
long long __real__ZNSt6chrono3_V212steady_clock3nowEv();
long long __wrap__ZNSt6chrono3_V212steady_clock3nowEv() {
  return __real__ZNSt6chrono3_V212steady_clock3nowEv() + faults::clock_offset;
}

}  // extern "C"
