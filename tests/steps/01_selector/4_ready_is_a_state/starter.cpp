// Step 4: ready is a state.
//
//   ./workbook check 1.4    compares what it prints with 4_ready_is_a_state.txt
//   ./workbook hint 1.4     says a little more, each time
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "common/unique_fd.hpp"

void send(int fd, const std::string& text) {
  if (::write(fd, text.data(), text.size()) < 0) common::throw_errno("write()");
}

// Sleeps until fd is ready to read.
void wait_until_ready(int fd) {
  pollfd question{};
  question.fd = fd;
  question.events = POLLIN;
  if (::poll(&question, 1, -1) < 0) common::throw_errno("poll()");
}

// TODO: take all that is there, until the kernel says EAGAIN. Return whether
// more may come: when read() gives 0 bytes, the other end has been closed.
bool receive_all(int fd, std::string& letter) {
  std::array<char, 16> buffer{};
  const auto size = ::read(fd, buffer.data(), buffer.size());
  if (size < 0) common::throw_errno("read()");
  letter.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

int main() {
  auto pipe = common::make_pipe();
  send(pipe.write.get(), "It is raining, so take the big umbrella with you.");
  errno = EAGAIN;  // of an earlier call: a read() that succeeds leaves it

  bool more = true;
  for (int question = 1; more && question <= 9; ++question) {
    wait_until_ready(pipe.read.get());
    std::string letter;
    more = receive_all(pipe.read.get(), letter);
    fmt::print("{}: '{}'\n", question, letter);
    if (question == 1) pipe.write.reset();  // closes this end
  }
  fmt::print("{}\n", more ? "and so on" : "that was all");
}
