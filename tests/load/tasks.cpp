// Tasks that all wait at the same time: some are woken, some cancelled, some
// cancelled and go on, and some are forgotten.
#include <vector>

#include "tests/load/load.hpp"

namespace load {

namespace {

struct Counts {
  std::uint64_t suspended = 0;
  std::uint64_t woken = 0;
  std::uint64_t caught = 0;
};

asyncio::Coroutine<> wait(asyncio::Future<> gate, Counts& counts, Alive) {
  ++counts.suspended;
  co_await gate;
  ++counts.woken;
}

// Code that catches a cancellation ends it, and may wait again.
asyncio::Coroutine<> wait_twice(asyncio::Future<> never, asyncio::Future<> gate,
                                Counts& counts, Alive) {
  ++counts.suspended;
  try {
    co_await never;
  } catch (const asyncio::CancelledError&) {
    ++counts.caught;
  }
  co_await gate;
  ++counts.woken;
}

}  // namespace

asyncio::Coroutine<> tasks(Round& round) {
  asyncio::EventLoop& loop = round.loop;
  const std::size_t each = round.size.tasks / 4;
  const asyncio::Future<> gate = loop.create_future();
  Counts counts;
  std::vector<asyncio::Task<>> woken;
  std::vector<asyncio::Task<>> cancelled;
  std::vector<asyncio::Task<>> stubborn;
  std::vector<asyncio::Task<>> forgotten;
  for (std::size_t i = 0; i < each; ++i) {
    woken.push_back(loop.create_task(wait(gate, counts, {})));
    // Cancelling a task cancels the future that it waits for: these have their
    // own.
    cancelled.push_back(
        loop.create_task(wait(loop.create_future(), counts, {})));
    stubborn.push_back(
        loop.create_task(wait_twice(loop.create_future(), gate, counts, {})));
    forgotten.push_back(loop.create_task(wait(gate, counts, {})));
    forgotten.back().set_log_destroy_pending(false);
  }
  co_await asyncio::sleep({});
  expect_equal("tasks suspended", 4 * each, counts.suspended);

  forgotten.clear();
  for (const auto& task : cancelled) task.cancel();
  for (const auto& task : stubborn) task.cancel();
  // One iteration for the cancelled futures, one for the steps.
  co_await asyncio::sleep({});
  co_await asyncio::sleep({});
  expect_equal("cancellations caught", each, counts.caught);
  gate.set_result();

  std::uint64_t ended_cancelled = 0;
  for (const auto& task : cancelled) {
    try {
      co_await task;
    } catch (const asyncio::CancelledError&) {
      ++ended_cancelled;
    }
  }
  expect_equal("tasks cancelled", each, ended_cancelled);
  for (const auto& task : woken) co_await task;
  for (const auto& task : stubborn) co_await task;
  expect_equal("tasks woken", 2 * each, counts.woken);
  round.operations += 4 * each;
}

}  // namespace load
