// Goes home, with letters in the tray.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    stamp.press(*letter);
    ++stamped;
    if (stamped == 250) break;
  }
  co_return stamped;
}

}  // namespace exercises
