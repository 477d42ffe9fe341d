// Tasks: switching between them, making and awaiting them, and awaits that need
// no wait.
#include <vector>

#include "tests/bench/loops.hpp"

namespace {

using ch03::Coroutine;
using ch03::Future;
using ch03::Task;
using namespace std::chrono_literals;

constexpr std::size_t kManyTasks = 100;

Coroutine<> switch_often(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) co_await ch03::sleep(0s);
}

template <class Loop>
void switch_tasks(benchmark::State& state, Loop& loop, std::size_t tasks) {
  for ([[maybe_unused]] auto _ : state) {
    std::vector<Task<>> all;
    for (std::size_t i = 0; i < tasks; ++i) {
      all.push_back(loop.create_task(switch_often(bench::kBatch)));
    }
    for (const Task<>& task : all) loop.run_until_complete(task);
  }
  bench::per_operation(state, tasks * bench::kBatch);
}

const bool switch_1 = bench::add_task_loops(
    "task_switch_1",
    [](benchmark::State& state, auto& loop) { switch_tasks(state, loop, 1); });
const bool switch_100 = bench::add_task_loops(
    "task_switch_100", [](benchmark::State& state, auto& loop) {
      switch_tasks(state, loop, kManyTasks);
    });

Coroutine<int> answer() { co_return 42; }

// Each of these awaits a thousand times and adds up the results.
template <class Loop>
Coroutine<long> await_tasks(Loop& loop) {
  long sum = 0;
  for (std::size_t i = 0; i < bench::kBatch; ++i) {
    sum += co_await loop.create_task(answer());
  }
  co_return sum;
}

Coroutine<long> await_coroutines() {
  long sum = 0;
  for (std::size_t i = 0; i < bench::kBatch; ++i) sum += co_await answer();
  co_return sum;
}

Coroutine<long> await_future(Future<int> future) {
  long sum = 0;
  for (std::size_t i = 0; i < bench::kBatch; ++i) sum += co_await future;
  co_return sum;
}

const bool create = bench::add_task_loops(
    "create_task_await", [](benchmark::State& state, auto& loop) {
      for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(loop.run_until_complete(await_tasks(loop)));
      }
      bench::per_operation(state, bench::kBatch);
    });

const bool ready = bench::add_task_loops(
    "await_coroutine", [](benchmark::State& state, auto& loop) {
      for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(loop.run_until_complete(await_coroutines()));
      }
      bench::per_operation(state, bench::kBatch);
    });

const bool done = bench::add_task_loops(
    "await_done_future", [](benchmark::State& state, auto& loop) {
      const Future<int> future = loop.template create_future<int>();
      future.set_result(1);
      for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(loop.run_until_complete(await_future(future)));
      }
      bench::per_operation(state, bench::kBatch);
    });

}  // namespace
