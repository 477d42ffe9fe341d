// A coroutine that ends at once lets nobody in.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

namespace {

asyncio::Coroutine<> breathe() { co_return; }

}  // namespace

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    stamp.press(*letter);
    ++stamped;
    if (stamp.letters().size() % 100 == 0) co_await breathe();
  }
  co_return stamped;
}

}  // namespace exercises
