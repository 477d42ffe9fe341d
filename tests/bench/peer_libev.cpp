// The same work for libev, whose timers are the ones to beat. A timer is a
// watcher that the caller keeps: here one is allocated for each timer, as
// call_later has to, and freed when it has fired or was cancelled. Where a name
// ends in _kept the watchers are an array that was there before. libev reads
// the clock once an iteration, where call_later reads it for each timer.
#include <ev.h>

#include <vector>

#include "tests/bench/bench.hpp"

namespace {

void on_timer(struct ev_loop*, ev_timer*, int) {}
void on_timer_free(struct ev_loop*, ev_timer* timer, int) { delete timer; }

void timers_fire(benchmark::State& state, std::size_t count, bool kept) {
  const auto delays = bench::random_delays(count);
  std::vector<ev_timer> timers(kept ? count : 0);
  struct ev_loop* const loop = ev_loop_new(0);
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      ev_timer* const timer = kept ? &timers[i] : new ev_timer;
      ev_timer_init(timer, kept ? on_timer : on_timer_free,
                    std::chrono::duration<double>(delays[i]).count(), 0.);
      ev_timer_start(loop, timer);
    }
    ev_run(loop, 0);  // until there is none left
  }
  ev_loop_destroy(loop);
  bench::per_operation(state, count);
}

void timers_cancel(benchmark::State& state, std::size_t count, bool kept) {
  const auto delays = bench::random_delays(count);
  std::vector<ev_timer> array(kept ? count : 0);
  std::vector<ev_timer*> timers(count);
  struct ev_loop* const loop = ev_loop_new(0);
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      ev_timer* const timer = timers[i] = kept ? &array[i] : new ev_timer;
      ev_timer_init(timer, on_timer,
                    3600 + std::chrono::duration<double>(delays[i]).count(),
                    0.);
      ev_timer_start(loop, timer);
    }
    for (ev_timer* const timer : timers) {
      ev_timer_stop(loop, timer);
      if (!kept) delete timer;
    }
    ev_run(loop, EVRUN_NOWAIT);
  }
  ev_loop_destroy(loop);
  bench::per_operation(state, count);
}

const bool added = [] {
  for (const bool kept : {false, true}) {
    for (const auto& [size, count] :
         {std::pair("1e5", std::size_t{100'000}), {"1e6", 1'000'000}}) {
      const std::string end =
          std::string(size) + "/libev" + (kept ? "_kept" : "");
      bench::add("timers_fire_" + end,
                 [count = count, kept](benchmark::State& state) {
                   timers_fire(state, count, kept);
                 });
      bench::add("timers_cancel_" + end,
                 [count = count, kept](benchmark::State& state) {
                   timers_cancel(state, count, kept);
                 });
    }
  }
  return true;
}();

}  // namespace
