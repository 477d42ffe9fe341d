// Zero is a multiple of a hundred: pauses before the first letter, too.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    if (stamp.letters().size() % 100 == 0) co_await asyncio::sleep(0s);
    stamp.press(*letter);
    ++stamped;
  }
  co_return stamped;
}

}  // namespace exercises
