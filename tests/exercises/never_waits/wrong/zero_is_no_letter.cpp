// Asks whether the letter is a number other than zero, and not whether there
// is one.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (true) {
    const auto letter = co_await tray.get();
    if (!letter.value_or(0)) break;
    stamp.press(*letter);
    ++stamped;
    if (stamp.letters().size() % 100 == 0) co_await asyncio::sleep(0s);
  }
  co_return stamped;
}

}  // namespace exercises
