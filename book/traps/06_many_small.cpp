// A loop that is blocked by callbacks none of which is slow.
#include <fmt/format.h>

#include <chrono>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch06;

using namespace std::chrono_literals;

int main() {
  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  loop.set_debug(true);

  // #region crumbs
  loop.call_later(100ms, [&loop] {
    fmt::print("the timer of 0.10 s runs after {:.2f} s\n",
               common::to_seconds(loop.time()));
    loop.stop();
  });
  for (int i = 0; i < 200; ++i) {
    loop.call_soon([&loop] { loop.clock().sleep(10ms); });
  }
  loop.run_forever();
  // #endregion crumbs
  loop.close();
}
