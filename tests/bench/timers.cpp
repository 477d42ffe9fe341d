// Timers: many are added in no order, and then fire, or are cancelled.
#include <vector>

#include "tests/bench/loops.hpp"

namespace {

template <class Loop>
void add_and_fire(benchmark::State& state, Loop& loop, std::size_t count) {
  const auto delays = bench::random_delays(count);
  for ([[maybe_unused]] auto _ : state) {
    std::size_t left = count;
    for (const auto delay : delays) {
      loop.call_later(delay, [&loop, &left] {
        if (--left == 0) loop.stop();
      });
    }
    loop.run_forever();
  }
  bench::per_operation(state, count);
}

template <class Loop>
void add_and_cancel(benchmark::State& state, Loop& loop, std::size_t count) {
  const auto delays = bench::random_delays(count);
  std::vector<common::Ref<ch02::TimerHandle>> timers;
  timers.reserve(count);
  for ([[maybe_unused]] auto _ : state) {
    for (const auto delay : delays) {
      // An hour: none is due before it is cancelled.
      timers.push_back(loop.call_later(std::chrono::hours(1) + delay, [] {}));
    }
    for (const auto& timer : timers) timer->cancel();
    timers.clear();
    loop.stop();
    loop.run_forever();  // the iteration that removes them
  }
  bench::per_operation(state, count);
}

bool add_size(const std::string& size, std::size_t count) {
  return bench::add_loops("timers_fire_" + size,
                          [count](benchmark::State& state, auto& loop) {
                            add_and_fire(state, loop, count);
                          }) &&
         bench::add_loops("timers_cancel_" + size,
                          [count](benchmark::State& state, auto& loop) {
                            add_and_cancel(state, loop, count);
                          });
}

const bool small = add_size("1e5", 100'000);
const bool large = add_size("1e6", 1'000'000);

}  // namespace
