// Timers in no order: one half fires, by deadline, and the other is cancelled.
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "tests/load/load.hpp"

namespace load {

namespace {

struct Fired {
  std::chrono::nanoseconds when{};
  std::size_t index = 0;
  std::uint64_t count = 0;
  std::uint64_t too_early = 0;
  std::uint64_t out_of_order = 0;
  std::uint64_t cancelled = 0;
};

}  // namespace

asyncio::Coroutine<> timers(Round& round) {
  using std::chrono::nanoseconds;
  asyncio::EventLoop& loop = round.loop;
  const std::size_t each = round.size.timers / 2;
  // Longer than adding them takes: otherwise all would already be due, and none
  // could be too early.
  const std::int64_t longest =
      100'000'000 + 4000 * static_cast<std::int64_t>(each);  // ns
  std::mt19937 random(1);
  std::uniform_int_distribution<std::int64_t> delay(0, longest);

  Fired fired;
  const asyncio::Future<> done = loop.create_future();
  std::vector<common::Ref<asyncio::TimerHandle>> cancelled;
  cancelled.reserve(each);
  const nanoseconds start = loop.time();
  const auto last = start + nanoseconds(longest);
  for (std::size_t i = 0; i < each; ++i) {
    const auto when = start + nanoseconds(delay(random));
    loop.call_at(when, [&loop, &fired, when, i, alive = Alive()] {
      ++fired.count;
      if (loop.time() < when) ++fired.too_early;
      if (std::pair(when, i) < std::pair(fired.when, fired.index)) {
        ++fired.out_of_order;
      }
      fired.when = when;
      fired.index = i;
    });
    // Among the others, and due after all of them.
    cancelled.push_back(
        loop.call_at(i % 2 == 0 ? last + nanoseconds(delay(random)) : last,
                     [&fired, alive = Alive()] { ++fired.cancelled; }));
  }
  for (const auto& timer : cancelled) timer->cancel();
  cancelled.clear();
  loop.call_at(last, [done] { done.set_result(); });
  co_await done;
  expect_equal("timers fired", each, fired.count);
  expect_equal("timers fired before their time", 0, fired.too_early);
  expect_equal("timers fired out of order", 0, fired.out_of_order);
  expect_equal("cancelled timers fired", 0, fired.cancelled);
  round.operations += 2 * each;
}

}  // namespace load
