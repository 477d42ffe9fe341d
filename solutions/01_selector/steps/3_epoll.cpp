// Step 3, done: one question to the kernel about all doors.
#include <fmt/core.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#else
#include <sys/event.h>
#endif

#include <chrono>
#include <thread>

#include "common/unique_fd.hpp"

using namespace std::chrono_literals;

#ifdef __linux__
const common::UniqueFd kernel(::epoll_create1(0));

// #region epoll
void watch(int fd) {
  epoll_event what{};
  what.events = EPOLLIN;
  what.data.fd = fd;
  if (::epoll_ctl(kernel.get(), EPOLL_CTL_ADD, fd, &what) < 0) {
    common::throw_errno("epoll_ctl()");
  }
}
int wait_for_any() {
  epoll_event who{};
  const int count = ::epoll_wait(kernel.get(), &who, 1, -1);
  if (count < 0) common::throw_errno("epoll_wait()");
  return who.data.fd;
}
// #endregion epoll
#else
const common::UniqueFd kernel(::kqueue());

// #region kqueue
void watch(int fd) {
  struct kevent what{};
  EV_SET(&what, static_cast<uintptr_t>(fd), EVFILT_READ, EV_ADD, 0, 0, nullptr);
  const int count = ::kevent(kernel.get(), &what, 1, nullptr, 0, nullptr);
  if (count < 0) common::throw_errno("kevent()");
}
int wait_for_any() {
  struct kevent who{};
  const int count = ::kevent(kernel.get(), nullptr, 0, &who, 1, nullptr);
  if (count < 0) common::throw_errno("kevent()");
  return static_cast<int>(who.ident);
}
// #endregion kqueue
#endif

int main() {
  ::alarm(1);  // if we wait longer than a second, end this program
  const auto front = common::make_pipe();  // neither of their ends waits
  const auto back = common::make_pipe();
  watch(front.read.get());
  watch(back.read.get());

  std::thread postman([&back] {
    std::this_thread::sleep_for(50ms);
    if (::write(back.write.get(), "ping", 4) < 0)
      common::throw_errno("write()");
  });
  const bool at_back = wait_for_any() == back.read.get();
  fmt::print("{}\n", at_back ? "a letter at the back door" : "no answer");
  postman.join();
}
