// Threads that post as fast as they can.
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "tests/load/load.hpp"

namespace load {

asyncio::Coroutine<> posts(Round& round) {
  asyncio::EventLoop& loop = round.loop;
  const std::size_t each = round.size.posts;
  const std::size_t threads = round.size.post_threads;
  std::vector<std::uint64_t> ran(threads, 0);
  std::uint64_t out_of_order = 0;
  std::size_t ended = 0;
  const asyncio::Future<> done = loop.create_future();
  {
    std::vector<std::jthread> posters;
    // By reference: a copy of the future would be counted on two threads.
    for (std::size_t poster = 0; poster < threads; ++poster) {
      posters.emplace_back([&, poster] {
        for (std::size_t i = 0; i < each; ++i) {
          loop.call_soon_threadsafe(
              [&ran, &out_of_order, poster, i, alive = Alive()] {
                if (ran[poster]++ != i) ++out_of_order;
              });
        }
        loop.call_soon_threadsafe([&ended, &done, threads] {
          if (++ended == threads) done.set_result();
        });
      });
    }
    co_await done;
  }
  for (const std::uint64_t count : ran) {
    expect_equal("posts of a thread that ran", each, count);
  }
  expect_equal("posts that ran out of order", 0, out_of_order);
  round.operations += threads * each;
}

void close_in_the_middle(Round& round) {
  asyncio::EventLoop& loop = round.loop;
  const std::size_t enough = round.size.posts;
  const std::size_t most = 2 * round.size.tasks + enough;
  std::uint64_t ran = 0;
  std::atomic<std::uint64_t> refused = 0;
  const asyncio::Future<> never = loop.create_future();
  std::vector<asyncio::Task<>> waiting;
  const auto wait = [](asyncio::Future<> future,
                       Alive) -> asyncio::Coroutine<> { co_await future; };
  for (std::size_t i = 0; i < round.size.tasks; ++i) {
    waiting.push_back(loop.create_task(wait(never, {})));
    waiting.back().set_log_destroy_pending(false);
    loop.call_later(std::chrono::hours(1), [alive = Alive()] {});
  }
  {
    std::vector<std::jthread> posters;
    for (std::size_t i = 0; i < round.size.post_threads; ++i) {
      posters.emplace_back([&] {
        try {
          while (true) {
            // Four threads are faster than one loop: without a limit, the
            // queue would fill the machine's memory.
            while (Alive::count() > most) std::this_thread::yield();
            loop.call_soon_threadsafe([&loop, &ran, enough, alive = Alive()] {
              if (++ran == enough) loop.stop();
            });
          }
        } catch (const std::runtime_error&) {
          ++refused;  // the loop is closed
        }
      });
    }
    loop.run_forever();
    loop.close();
  }
  expect_equal("threads told that the loop is closed", round.size.post_threads,
               refused);
  round.operations += ran + 2 * round.size.tasks;
}

}  // namespace load
