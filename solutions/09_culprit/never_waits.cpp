// Exercise never_waits (chapter 9), solved.
//
// The await waits when the tray is empty, and only then: while there are
// letters, the future is done. So drain() lets others in by itself, after a
// hundred letters. It looks at what the stamp has stamped in all, not at its
// own count, which begins at zero in each tray: a task that drains thirty trays
// of ninety letters would never pause. And it pauses behind a letter, because
// the number is a multiple of a hundred before the first one, too.
//
// If two tasks stamp in turn, each of them pauses only when it is the one that
// comes to a hundred. That is enough: between two pauses there are never more
// than a hundred letters, whoever stamps them.
//
// Another way: let tray.get() pause, and drain() need not know. Then everybody
// who takes from a tray pays for it, the ones included who are slow anyway.

#include "chapters/09_culprit/exercises/never_waits.hpp"

namespace asyncio = ch09;

namespace exercises {

using namespace std::chrono_literals;

asyncio::Coroutine<int> drain(Tray& tray, Stamp& stamp) {
  int stamped = 0;
  while (const auto letter = co_await tray.get()) {
    stamp.press(*letter);
    ++stamped;
    if (stamp.letters().size() % 100 == 0) co_await asyncio::sleep(0s);
  }
  co_return stamped;
}

}  // namespace exercises
