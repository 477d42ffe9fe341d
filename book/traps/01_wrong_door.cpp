// Waits at one pipe while the message lies in the other.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace {

// An old-fashioned pipe, whose reading end waits: common::make_pipe() makes
// non-blocking ones.
std::array<int, 2> waiting_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) < 0) ::_exit(1);
  return ends;
}

}  // namespace

int main() {
  const auto front = waiting_pipe();
  const auto back = waiting_pipe();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a line at a time
  ::alarm(1);  // or you would read this line for a long time
  // #region wrong_door
  if (::write(back[1], "ping", 4) < 0) return 1;

  std::array<char, 64> buffer{};
  fmt::print("reading from the front pipe\n");
  if (::read(front[0], buffer.data(), buffer.size()) < 0) return 1;
  fmt::print("reading from the back pipe\n");
  if (::read(back[0], buffer.data(), buffer.size()) < 0) return 1;
  fmt::print("done\n");
  // #endregion wrong_door
}
