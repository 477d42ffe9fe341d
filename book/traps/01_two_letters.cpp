// Two letters in one pipe, and a reader that expects one at a time.
#include <unistd.h>

#include <array>
#include <string>

#include "common/print.hpp"
#include "common/unique_fd.hpp"

namespace {

void send(int fd, const std::string& text) {
  if (::write(fd, text.data(), text.size()) < 0) common::throw_errno("write()");
}

std::string receive(int fd) {
  std::array<char, 64> buffer{};
  const auto size = ::read(fd, buffer.data(), buffer.size());
  if (size < 0) common::throw_errno("read()");
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

int main() {
  ::alarm(1);
  int back[2];
  if (::pipe(back) < 0) common::throw_errno("pipe()");
  // #region letters
  send(back[1], "ping");
  send(back[1], "pong");
  common::print("a letter: {}", receive(back[0]));
  common::print("a letter: {}", receive(back[0]));
  // #endregion letters
}
