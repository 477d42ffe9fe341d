// A hundred thousand tasks that wait: the time for the whole life of one, and
// the memory that it takes in the meantime.
#include <vector>

#include "tests/bench/loops.hpp"

namespace {

using ch03::Coroutine;
using ch03::Future;
using ch03::Task;

Coroutine<> wait_for_gate(Future<> gate) { co_await gate; }

template <class Loop>
void start_tasks(Loop& loop, const Future<>& gate, std::size_t count,
                 std::vector<Task<>>& tasks) {
  for (std::size_t i = 0; i < count; ++i) {
    tasks.push_back(loop.create_task(wait_for_gate(gate)));
  }
  loop.stop();
  loop.run_forever();
}

template <class Loop>
void open_gate(Loop& loop, const Future<>& gate,
               const std::vector<Task<>>& tasks) {
  gate.set_result();
  loop.run_until_complete(tasks.back());
}

// Bytes per task, the Task object that holds it included.
template <class Loop>
double bytes_per_task(Loop& loop) {
  const Future<> gate = loop.create_future();
  std::vector<Task<>> tasks;
  // The first ones use up the blocks that were kept from before.
  start_tasks(loop, gate, bench::kTasks / 10, tasks);
  const std::size_t before = bench::allocated_bytes();
  tasks.reserve(tasks.size() + bench::kTasks);
  start_tasks(loop, gate, bench::kTasks, tasks);
  const std::size_t after = bench::allocated_bytes();
  open_gate(loop, gate, tasks);
  return static_cast<double>(after - before) / bench::kTasks;
}

const bool added =
    bench::add_task_loops("suspended", [](benchmark::State& state, auto& loop) {
      for ([[maybe_unused]] auto _ : state) {
        const Future<> gate = loop.create_future();
        std::vector<Task<>> tasks;
        tasks.reserve(bench::kTasks);
        start_tasks(loop, gate, bench::kTasks, tasks);
        open_gate(loop, gate, tasks);
      }
      bench::per_operation(state, bench::kTasks);
      state.counters["bytes"] = bytes_per_task(loop);
    });

}  // namespace
