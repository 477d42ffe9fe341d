#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/02_event_loop/exercises/call_every.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::CallEvery;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// A loop whose timers can be counted.
class Loop : public ch02::EventLoop {
 public:
  using EventLoop::EventLoop;
  std::size_t timers() const {
    std::size_t count = 0;
    for (const auto& one : scheduled()) {
      count += one.kind == Scheduled::Kind::timer ? 1 : 0;
    }
    return count;
  }
};

struct Bench {
  Bench(probe::Run& where, milliseconds beat) : run(where), interval(beat) {
    clock.advance(end);
    run.step("a loop, whose clock shows {}", probe::text(end));
    run.step("CallEvery: a tick each {}", probe::text(interval));
  }
  // The loop runs for so long, and the calls are listed.
  void run_for(nanoseconds duration) {
    calls.clear();
    end += duration;
    run.step("the loop runs until {}", probe::text(end));
    loop.call_at(end, [this] { loop.stop(); });
    loop.run_forever();
    run.see_lines("calls", calls);
  }
  void note() { calls.push_back("a tick at " + probe::text(loop.time())); }
  // Somebody else's callback.
  void block_at(nanoseconds delay, nanoseconds duration) {
    run.step("in {} another callback will block for {}", probe::text(delay),
             probe::text(duration));
    loop.call_later(delay, [this, duration] { clock.advance(duration); });
  }

  probe::Run& run;
  nanoseconds interval;
  nanoseconds end = run.milliseconds(1, 5'000);
  common::VirtualClock clock;
  Loop loop{clock};
  std::vector<std::string> calls;
};

void on_the_beat(probe::Run& run) {
  Bench bench(run, run.milliseconds(40, 400));
  const auto work = run.milliseconds(5, 35);
  CallEvery every(bench.loop, bench.interval, [&] {
    bench.note();
    bench.clock.advance(work);
  });
  run.step("each tick works for {}", probe::text(work));
  bench.run_for(5 * bench.interval + bench.interval / 2);
}

void late_once(probe::Run& run) {
  Bench bench(run, run.milliseconds(20, 200));
  const auto& interval = bench.interval;
  nanoseconds work = 0ns;
  CallEvery every(bench.loop, interval, [&] {
    bench.note();
    bench.clock.advance(work);
    work = 0ns;
  });
  const int missed = run.number(2, 4);
  bench.block_at(interval + interval / 2, missed * interval);
  bench.run_for((missed + 3) * interval + interval / 4);
  bench.block_at(interval / 4, missed * interval + interval / 2);
  bench.run_for((missed + 3) * interval);
  work = 2 * interval + interval / 4;
  run.step("the next tick works for {}", probe::text(work));
  bench.run_for(6 * interval);
}

void cancelled_inside(probe::Run& run) {
  const auto name = run.word();
  const int last = run.number(2, 4);
  Bench bench(run, run.milliseconds(10, 300));
  int count = 0;
  std::optional<CallEvery> every;
  every.emplace(bench.loop, bench.interval, [&] {
    bench.note();
    if (++count == last) every->cancel();
  });
  run.step("tick {} calls cancel() from inside", last);
  bench.run_for(6 * bench.interval + bench.interval / 2);
  run.see("is it cancelled", every->cancelled());
  run.see("timers left in the loop", bench.loop.timers());
  run.step("cancel() again");
  every->cancel();
  run.step("another one, {}, is cancelled between its ticks", name);
  CallEvery other(bench.loop, bench.interval, [&] {
    bench.calls.push_back(name + " at " + probe::text(bench.loop.time()));
  });
  bench.loop.call_later(bench.interval + bench.interval / 2,
                        [&] { other.cancel(); });
  bench.run_for(4 * bench.interval);
  run.see("timers left in the loop", bench.loop.timers());
  run.step("a third one is destroyed before its first tick");
  CallEvery(bench.loop, bench.interval, [&] { bench.note(); });
  run.see("timers left in the loop", bench.loop.timers());
  bench.run_for(2 * bench.interval);
}

void goes_on_after_an_error(probe::Run& run) {
  const auto word = run.word();
  const int bad = run.number(2, 3);
  Bench bench(run, run.milliseconds(10, 300));
  bench.loop.set_exception_handler([&](ch02::EventLoop&,
                                       const ch02::ExceptionContext& context) {
    try {
      std::rethrow_exception(context.exception);
    } catch (const std::exception& error) {
      bench.calls.push_back("the loop reports " + std::string(error.what()));
    }
  });
  int count = 0;
  CallEvery every(bench.loop, bench.interval, [&] {
    bench.note();
    if (++count == bad) throw std::runtime_error(word);
  });
  run.step("tick {} throws {}", bad, word);
  bench.run_for(5 * bench.interval + bench.interval / 2);
  const nanoseconds wrong = -run.milliseconds(1, 9);
  for (const auto interval : {0ns, wrong}) {
    run.see_outcome("CallEvery with an interval of " + probe::text(interval),
                    [&] { CallEvery(bench.loop, interval, [] {}); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"on_the_beat", on_the_beat},
                      {"late_once", late_once},
                      {"cancelled_inside", cancelled_inside},
                      {"goes_on_after_an_error", goes_on_after_an_error}});
}
