// Step 3: one question to the kernel about all doors.
//
//   ./workbook check 1.3    compares what it prints with 3_epoll.txt
//   ./workbook hint 1.3     says a little more, each time
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

// TODO: with epoll_ctl(), tell the kernel to watch fd for reading.
void watch([[maybe_unused]] int fd) {}
// TODO: with epoll_wait(), sleep until one of them is ready. Return which.
int wait_for_any() { return -1; }
#else
const common::UniqueFd kernel(::kqueue());

// TODO: with kevent(), tell the kernel to watch fd for reading.
void watch([[maybe_unused]] int fd) {}
// TODO: with kevent(), sleep until one of them is ready. Return which.
int wait_for_any() { return -1; }
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
