// Exercise never_waits (chapter 9): each await is there, and nobody gets in.
//
//   ./workbook check never_waits    judges this file
//   ./workbook hint never_waits     says a little more, each time

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

// TODO: the await looks polite, and it waits only if the tray is empty. Read in
// the report how often it did not. Then let others in, with asyncio::sleep(0s),
// but at most once for each hundred letters. Then check says 6 of 6 points.
asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    stamp.press(*letter);
    ++stamped;
  }
  co_return stamped;
}

}  // namespace exercises
