// A thousand letters in a step.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    stamp.press(*letter);
    ++stamped;
    if (stamp.letters().size() % 1000 == 0) co_await asyncio::sleep(0s);
  }
  co_return stamped;
}

}  // namespace exercises
