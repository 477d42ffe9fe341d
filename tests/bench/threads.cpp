// Posting from another thread: as fast as it can, and one at a time.
#include <semaphore>
#include <thread>

#include "tests/bench/loops.hpp"

namespace {

const bool flat_out = bench::add_loops(
    "post",
    [](benchmark::State& state, auto& loop) {
      for ([[maybe_unused]] auto _ : state) {
        std::size_t left = bench::kPosts;
        std::thread poster([&loop, &left] {
          for (std::size_t i = 0; i < bench::kPosts; ++i) {
            loop.call_soon_threadsafe([&loop, &left] {
              if (--left == 0) loop.stop();
            });
          }
        });
        loop.run_forever();
        poster.join();
      }
      bench::per_operation(state, bench::kPosts);
    },
    bench::Meter::process);

// The poster waits for the answer of the loop, which has gone to sleep.
const bool ping_pong = bench::add_loops(
    "post_ping_pong",
    [](benchmark::State& state, auto& loop) {
      for ([[maybe_unused]] auto _ : state) {
        std::binary_semaphore answered(0);
        std::thread poster([&loop, &answered] {
          for (std::size_t i = 0; i < bench::kBatch; ++i) {
            loop.call_soon_threadsafe([&answered] { answered.release(); });
            answered.acquire();
          }
          loop.call_soon_threadsafe([&loop] { loop.stop(); });
        });
        loop.run_forever();
        poster.join();
      }
      bench::per_operation(state, bench::kBatch);
    },
    bench::Meter::wall);

}  // namespace
