#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
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
    run.why("each callback runs exactly once, in debug mode or not");
    run.step("the loop ran; its clock shows {}", probe::text(loop.time()));
    run.why(reason);
    see_slow();
  }
  void see_slow() {
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
  std::string reason = {};  // for what run_for() reports
  std::size_t seen = 0;
};

// A task of one step, on one line: compilers do not agree on where a coroutine
// of several lines is defined.
using Step = ch05::Coroutine<>;
Step work(Bench& at, nanoseconds time) { co_return at.clock.advance(time); }

// A result whose text takes a while to write.
struct Novel {
  std::string repr() const {
    clock->advance(time);
    return "<Novel>";
  }
  common::VirtualClock* clock;
  nanoseconds time;
};
using Story = ch05::Coroutine<Novel>;
Story tell(Bench& at, nanoseconds time) { co_return Novel{&at.clock, time}; }
// The same after as much work.
Novel write(Bench& at, nanoseconds time) {
  at.clock.advance(time);
  return Novel{&at.clock, time};
}
Story write_and_tell(Bench& at, nanoseconds time) { co_return write(at, time); }

void slow_to_tell(probe::Run& run, nanoseconds limit) {
  Bench bench(run);
  const auto task_name = run.name("task");
  bench.set_limit(limit);
  run.why(
      "read the clock when the callback has ended, and before its repr() is "
      "asked for: to write that text is no work of the callback's");
  run.step("a task {} ends at once; to write its result as text takes {}",
           task_name, probe::text(2 * limit));
  const auto task = bench.loop.create_task(tell(bench, 2 * limit), task_name);
  bench.loop.call_soon([&] { bench.loop.stop(); });
  bench.loop.run_forever();
  bench.see_slow();

  const auto other_name = run.name("task");
  const auto time = limit + run.milliseconds(1, 50);
  run.step("a task {} works for {} and ends; its text takes as long once more",
           other_name, probe::text(time));
  const auto other =
      bench.loop.create_task(write_and_tell(bench, time), other_name);
  bench.loop.call_soon([&] { bench.loop.stop(); });
  bench.loop.run_forever();
  bench.see_slow();
}

void only_in_debug_mode(probe::Run& run) {
  Bench bench(run);
  const auto limit = run.milliseconds(20, 200);
  const auto more = run.milliseconds(1, 50);
  const auto less = run.milliseconds(1, 19);
  const auto names = run.names("work", 4);
  bench.set_limit(limit);
  bench.reason =
      "what takes longer than the limit is noted, in the order of running, by "
      "its whole repr(): with the place where it was created";
  run.step("set_debug(true)");
  bench.work(names[0], limit + more);
  bench.work(names[1], limit - less);
  bench.work(names[2], 2 * limit);
  bench.run_for();
  bench.reason = "";
  run.step("set_debug(false)");
  bench.loop.set_debug(false);
  bench.work(names[0], limit + more);
  bench.run_for();
  run.see("slow in all", bench.loop.slow().size());
  bench.reason =
      "the time between two callbacks that are watched belongs to neither: "
      "read the clock when each begins";
  run.step("set_debug(true)");
  bench.loop.set_debug(true);
  bench.work(names[1], limit + more);
  bench.run_for();

  bench.reason =
      "the text tells the state after the run, so repr() is asked after it: a "
      "task that ended in the slow step has ended";
  const auto task_name = run.name("task");
  run.step("a task {} that works for {} and ends", task_name,
           probe::text(limit + more));
  auto step = work(bench, limit + more);
  const auto task = bench.loop.create_task(std::move(step), task_name);
  bench.run_for();

  bench.reason = "an exception does not make a callback any quicker";
  run.step("call_soon({}), which works for {} and throws", names[3],
           probe::text(limit + more));
  int reports = 0;
  bench.loop.set_exception_handler(
      [&reports](ch02::EventLoop&, const ch02::ExceptionContext&) {
        ++reports;
      });
  bench.loop.call_soon(ch05::named(names[3], [&bench, limit, more] {
    bench.clock.advance(limit + more);
    throw std::runtime_error("too hot");
  }));
  bench.run_for();
  run.see("exceptions reported", reports);

  bench.reason =
      "debug mode is asked before the callback runs: one that switches it on "
      "was not watched, and one that switches it off was";
  for (const bool after : {false, true}) {
    const std::string name = run.name("work");
    run.step("call_soon({}), which calls set_debug({}) and works for {}", name,
             after, probe::text(limit + more));
    bench.loop.call_soon(ch05::named(name, [&bench, limit, more, after] {
      bench.loop.set_debug(after);
      bench.clock.advance(limit + more);
    }));
    bench.run_for();
  }
}

void at_the_limit(probe::Run& run) {
  Bench bench(run);
  run.see("the limit of a new loop", bench.loop.slow_callback_duration);
  const nanoseconds limit = run.microseconds(20'000, 200'000);
  const auto names = run.names("work", 5);
  bench.set_limit(limit);
  bench.work(names[0], limit - 1ns);
  bench.work(names[1], limit);
  bench.work(names[2], limit + 1ns);
  bench.reason =
      "equal to the limit counts as slow, and 1 ns less does not: compare the "
      "durations, which are whole nanoseconds, and note them as they are. In "
      "milliseconds or in a double, other times are equal";
  bench.run_for();
  const nanoseconds odd = run.nanoseconds(1, 999);
  const int hours = run.number(3, 9);
  bench.reason =
      "took is as exact as the clock, for short times and for long ones: as a "
      "double, in seconds or any other unit, a long time loses its nanoseconds";
  bench.work(names[0], limit + odd);
  bench.work(names[1], std::chrono::hours(1000 * hours) + odd);
  bench.run_for();
  bench.reason =
      "with a limit of zero everything is slow, even what takes no time";
  bench.set_limit(0ns);
  bench.work(names[3], 0ns);
  bench.run_for();
  bench.reason =
      "the limit can be changed: the one of the loop counts, as it is now";
  bench.set_limit(2 * limit);
  bench.work(names[4], limit);
  bench.work(names[3], 2 * limit);
  bench.run_for();
  bench.reason =
      "the limit, too, is compared to the nanosecond: as doubles, two long "
      "times that are 1 ns apart are equal";
  const nanoseconds long_limit = std::chrono::hours(5000 + 1000 * hours);
  bench.set_limit(long_limit);
  bench.work(names[0], long_limit - 1ns);
  bench.work(names[1], long_limit);
  bench.run_for();
  slow_to_tell(run, limit);
}

void waiting_is_free(probe::Run& run) {
  Bench bench(run);
  const auto limit = run.milliseconds(50, 200);
  const auto more = run.milliseconds(1, 50);
  const auto names = run.names("work", 4);
  bench.set_limit(limit);
  bench.work(names[0], limit / 2);
  bench.work(names[1], limit / 2, 3 * limit);
  bench.work(names[2], limit + more, 6 * limit);
  bench.work(names[3], limit / 4, 10 * limit);
  bench.run_for(12 * limit);

  bench.reason = "time that passes while the loop does not run belongs to none";
  run.step("{} later", probe::text(3 * limit));
  bench.clock.advance(3 * limit);
  bench.work(names[0], limit / 2);
  bench.run_for();

  bench.reason =
      "another loop has its own limit, its own clock and its own notes";
  run.step("another loop");
  Bench other(run);
  other.work(names[1], 99ms);
  other.work(names[2], 100ms);
  other.run_for();
  run.see("slow in the first loop", bench.loop.slow().size());
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"only_in_debug_mode", only_in_debug_mode},
                      {"at_the_limit", at_the_limit},
                      {"waiting_is_free", waiting_is_free}});
}
