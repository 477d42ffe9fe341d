// -1 stands for "no more letters".

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  constexpr int kNone = -1;
  while (true) {
    const auto next = co_await tray.get();
    const int letter = next.value_or(kNone);
    if (letter == kNone) break;
    stamp.press(letter);
    ++stamped;
    if (stamp.letters().size() % 100 == 0) co_await asyncio::sleep(0s);
  }
  co_return stamped;
}

}  // namespace exercises
