// The common parts of all benchmarks, ours and those of the peers.
#pragma once

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace bench {

// How many operations an iteration of the benchmark does; the two below are far
// more than fit into a cache.
inline constexpr std::size_t kBatch = 1000;
inline constexpr std::size_t kTasks = 100'000;
inline constexpr std::size_t kPosts = 100'000;

// The time that counts for an operation.
enum class Meter {
  thread,   // the CPU time of the thread that runs the loop
  process,  // of all threads together
  wall      // where waiting is the point
};

// The figure that `run` reads: seconds for one of that many operations.
inline void per_operation(benchmark::State& state, std::size_t operations) {
  using benchmark::Counter;
  state.counters["per_op"] =
      Counter(static_cast<double>(operations),
              Counter::kIsIterationInvariantRate | Counter::kInvert);
}

// Registers a benchmark. Its name THEME/LIBRARY is its place in the table.
template <class Body>
void add(const std::string& name, Body body, Meter meter = Meter::thread) {
  auto* const added = benchmark::RegisterBenchmark(name.c_str(), body);
  if (meter == Meter::process) added->MeasureProcessCPUTime();
  if (meter == Meter::wall) added->UseRealTime();
}

// Different delays between 0 and 1 ms, the same ones in each run. Adding that
// many timers takes longer than the longest delay, so the loops do not wait.
inline std::vector<std::chrono::microseconds> random_delays(std::size_t count) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> delay(0, 1000);
  std::vector<std::chrono::microseconds> delays;
  delays.reserve(count);
  for (std::size_t i = 0; i < count; ++i) delays.emplace_back(delay(random));
  return delays;
}

// The memory that malloc has given out, with its own overhead.
inline std::size_t allocated_bytes() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace bench
