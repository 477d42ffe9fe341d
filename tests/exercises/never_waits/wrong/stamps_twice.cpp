// The letter that it holds while it pauses is stamped once more.

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
      co_await asyncio::sleep(0s);
      stamp.press(*letter);
    }
  }
  co_return stamped;
}

}  // namespace exercises
