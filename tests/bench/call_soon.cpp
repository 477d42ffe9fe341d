// Callbacks: schedule a thousand, then run them.
#include "tests/bench/loops.hpp"

namespace {

const bool added =
    bench::add_loops("call_soon", [](benchmark::State& state, auto& loop) {
      std::size_t calls = 0;
      for ([[maybe_unused]] auto _ : state) {
        for (std::size_t i = 0; i < bench::kBatch; ++i) {
          loop.call_soon([&calls] { ++calls; });
        }
        loop.stop();
        loop.run_forever();
      }
      const auto rounds = static_cast<std::size_t>(state.iterations());
      if (calls != bench::kBatch * rounds) {
        state.SkipWithError("callbacks are missing");
      }
      bench::per_operation(state, bench::kBatch);
    });

}  // namespace
