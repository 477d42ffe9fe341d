// Step 1: waiting at the wrong door.
//
//   ./workbook run 1.1      runs it
//
// Nothing is missing here. Run it, change it, and run it again.
#include <unistd.h>

#include <array>
#include <string>

#include "common/print.hpp"
#include "common/unique_fd.hpp"

// #region calls
void send(int fd, const std::string& text) {
  if (::write(fd, text.data(), text.size()) < 0) common::throw_errno("write()");
}

std::string receive(int fd) {
  std::array<char, 64> buffer{};
  const auto size = ::read(fd, buffer.data(), buffer.size());
  if (size < 0) common::throw_errno("read()");
  return {buffer.data(), static_cast<std::size_t>(size)};
}
// #endregion calls

int main() {
  // #region doors
  ::alarm(1);  // if we wait longer than a second, end this program
  int front[2];
  int back[2];
  if (::pipe(front) < 0 || ::pipe(back) < 0) common::throw_errno("pipe()");

  send(back[1], "ping");
  common::print("waiting at the front door");
  common::print("a letter: {}", receive(front[0]));
  common::print("waiting at the back door");
  common::print("a letter: {}", receive(back[0]));
  // #endregion doors
}
