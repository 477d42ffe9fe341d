// Callbacks that outlive what they refer to.
// sanitize: address
#include <fmt/format.h>

#include <cstdio>

#include "chapters/02_event_loop/event_loop.hpp"

namespace {

void by_value(ch02::EventLoop& loop) {
  // #region by_value
  for (int cup = 1; cup <= 3; ++cup) {
    loop.call_soon([cup] { fmt::print("drinking cup {}\n", cup); });
  }
  // #endregion by_value
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
}

void by_reference(ch02::EventLoop& loop) {
  // #region by_reference
  for (int cup = 1; cup <= 3; ++cup) {
    loop.call_soon([&cup] { fmt::print("drinking cup {}\n", cup); });
  }
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  // #endregion by_reference
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a line at a time
  ch02::EventLoop loop;
  fmt::print("by value:\n");
  by_value(loop);
  fmt::print("by reference:\n");
  by_reference(loop);
}
