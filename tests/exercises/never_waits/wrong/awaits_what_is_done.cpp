// Awaits a future that has its result already: that never waits.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    stamp.press(*letter);
    ++stamped;
    if (stamp.letters().size() % 100 == 0) {
      const auto pause = asyncio::get_running_loop().create_future();
      pause.set_result();
      co_await pause;
    }
  }
  co_return stamped;
}

}  // namespace exercises
