#include <chrono>
#include <string>
#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

struct Bench {
  explicit Bench(probe::Run& where) : run(where) { loop.set_debug(true); }

  // A callback that works for so long, now or after a while.
  void work(const std::string& name, nanoseconds duration,
            nanoseconds delay = 0ns) {
    const auto callback = [this, duration] { clock.advance(duration); };
    if (delay > 0ns) {
      run.step("call_later({}, {}), which works for {}", probe::text(delay),
               name, probe::text(duration));
      loop.call_later(delay, ch05::named(name, callback));
    } else {
      run.step("call_soon({}), which works for {}", name,
               probe::text(duration));
      loop.call_soon(ch05::named(name, callback));
    }
  }
  void set_limit(nanoseconds limit) {
    run.step("slow_callback_duration = {}", probe::text(limit));
    loop.slow_callback_duration = limit;
  }
  // Runs what is scheduled, and reports what is new in slow().
  void run_for(nanoseconds duration = 0ns) {
    loop.call_later(duration, ch05::named("stop", [this] { loop.stop(); }));
    loop.run_forever();
    run.step("the loop ran; its clock shows {}", probe::text(loop.time()));
    std::vector<std::string> lines;
    for (; seen < loop.slow().size(); ++seen) {
      const exercises::SlowCallback& slow = loop.slow()[seen];
      lines.push_back(slow.what + " took " + probe::text(slow.took));
    }
    run.see_lines("what was slow", lines);
  }

  probe::Run& run;
  common::VirtualClock clock;
  exercises::StopwatchLoop loop{clock};
  std::size_t seen = 0;
};

void only_in_debug_mode(probe::Run& run) {
  Bench bench(run);
  const auto limit = run.milliseconds(20, 200);
  const auto more = run.milliseconds(1, 50);
  const auto less = run.milliseconds(1, 19);
  const auto names = run.words(3);
  bench.set_limit(limit);
  run.step("set_debug(true)");
  bench.work(names[0], limit + more);
  bench.work(names[1], limit - less);
  bench.work(names[2], 2 * limit);
  bench.run_for();
  run.step("set_debug(false)");
  bench.loop.set_debug(false);
  bench.work(names[0], limit + more);
  bench.run_for();
}

void at_the_limit(probe::Run& run) {
  Bench bench(run);
  const nanoseconds limit = run.microseconds(20'000, 200'000);
  const auto names = run.words(4);
  bench.set_limit(limit);
  bench.work(names[0], limit - 1ns);
  bench.work(names[1], limit);
  bench.work(names[2], limit + 1ns);
  bench.run_for();
  bench.set_limit(0ns);
  bench.work(names[3], 0ns);
  bench.run_for();
}

void waiting_is_free(probe::Run& run) {
  Bench bench(run);
  const auto limit = run.milliseconds(50, 200);
  const auto more = run.milliseconds(1, 50);
  const auto names = run.words(4);
  bench.set_limit(limit);
  bench.work(names[0], limit / 2);
  bench.work(names[1], limit / 2, 3 * limit);
  bench.work(names[2], limit + more, 6 * limit);
  bench.work(names[3], limit / 4, 10 * limit);
  bench.run_for(12 * limit);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"only_in_debug_mode", only_in_debug_mode},
                      {"at_the_limit", at_the_limit},
                      {"waiting_is_free", waiting_is_free}});
}
