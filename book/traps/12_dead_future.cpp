// Who holds it besides the one that waits? A variable of the one that waits.
#include <fmt/format.h>

#include <utility>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch12;

namespace {

// #region guests
asyncio::Coroutine<> anna(asyncio::EventLoop& loop) {
  co_await loop.create_future();
}

asyncio::Coroutine<> ben(asyncio::EventLoop& loop) {
  const auto plate = loop.create_future();
  co_await plate;
}

asyncio::Coroutine<> wait_for_it(asyncio::Future<> plate) { co_await plate; }
asyncio::Coroutine<> carl(asyncio::EventLoop& loop) {
  co_await wait_for_it(loop.create_future());
}
// #endregion guests

// #region moved
asyncio::Coroutine<> dora(asyncio::EventLoop& loop) {
  auto plate = loop.create_future();
  co_await std::move(plate);
}
// #endregion moved

}  // namespace

int main() {
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  loop.set_debug(true);
  const auto a = loop.create_task(anna(loop), "Anna");
  const auto b = loop.create_task(ben(loop), "Ben");
  const auto c = loop.create_task(carl(loop), "Carl");
  const auto d = loop.create_task(dora(loop), "Dora");
  loop.stop();
  loop.run_forever();  // one iteration: all four wait
  fmt::print("{}\n", loop.wait_graph());
  const auto all = asyncio::gather_outcomes(a, b, c, d);
  all.cancel();
  try {
    loop.run_until_complete(all);
  } catch (const asyncio::CancelledError&) {
    loop.close();
  }
}
