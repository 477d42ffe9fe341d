#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/02_event_loop/exercises/call_every.hpp"
#include "tests/exercises/coarse_clock.hpp"
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
  Bench(probe::Run& where, nanoseconds beat, nanoseconds up = 0ns)
      : run(where), interval(beat) {
    start += up;
    end += up;
    clock.advance(start);
    run.step("a loop, whose clock shows {}", probe::text(start));
    run.step("CallEvery: a beat each {}; now is beat 0", probe::text(interval));
  }
  // The loop runs for so long, and the calls are listed.
  void run_for(nanoseconds duration) {
    calls.clear();
    end += duration;
    run.step("the loop runs until {}", beat(end));
    loop.call_at(end, [this] { loop.stop(); });
    loop.run_forever();
    run.see_lines("calls", calls);
  }
  void see_timers() { run.see("timers left in the loop", loop.timers()); }
  void note(const std::string& what) {
    run.note(calls, what + " at " + beat(loop.time()));
  }
  void note() { note("a tick"); }
  // "beat 3", or "beat 3 + 1 ms": a moment, counted from the start.
  std::string beat(nanoseconds moment) const {
    const nanoseconds since = moment - start;
    const nanoseconds rest = since % interval;
    const bool early = rest > interval / 2;
    std::string text =
        "beat " + probe::text(since / interval + (early ? 1 : 0));
    if (rest > 0ns) {
      text += early ? " - " + probe::text(interval - rest)
                    : " + " + probe::text(rest);
    }
    return text;
  }
  // Somebody else's callback.
  void block_at(nanoseconds delay, nanoseconds duration) {
    run.step("another callback will block from {} to {}",
             beat(loop.time() + delay), beat(loop.time() + delay + duration));
    loop.call_later(delay, [this, duration] { clock.advance(duration); });
  }

  probe::Run& run;
  nanoseconds interval;
  nanoseconds start = run.milliseconds(1, 5'000);
  nanoseconds end = start;
  probe::CoarseClock clock;
  Loop loop{clock};
  std::vector<std::string> calls;
};

void delayed(probe::Run& run) {
  Bench bench(run, run.microseconds(40'000, 400'000));
  const auto work = run.milliseconds(5, 35);
  CallEvery every(bench.loop, bench.interval, [&] {
    bench.note();
    bench.clock.advance(work);
  });
  run.step("each tick works for {}", probe::text(work));
  bench.run_for(5 * bench.interval + bench.interval / 2);
}

void tiny(probe::Run& run) {
  run.why(
      "the first beat is one interval after the start, and any interval above "
      "zero will do: count in nanoseconds");
  Bench bench(run, run.nanoseconds(200, 900));
  CallEvery every(bench.loop, bench.interval, [&] { bench.note(); });
  bench.run_for(3 * bench.interval + 1ns);
}

// One tick of a short interval blocks, once the machine has been up for so
// long.
void tiny_and_late(probe::Run& run, nanoseconds up) {
  run.why(
      "how many beats have gone by is counted in nanoseconds: in whole "
      "microseconds, or as a double, it is another number");
  Bench bench(run, run.nanoseconds(200, 330), up);
  const int missed = run.number(4, 6);
  const nanoseconds work = missed * bench.interval + bench.interval / 2;
  int count = 0;
  CallEvery every(bench.loop, bench.interval, [&] {
    bench.note();
    if (++count == 1) bench.clock.advance(work);
  });
  run.step("the first tick works for {}", probe::text(work));
  bench.run_for(10 * bench.interval);
}

void a_little_early(probe::Run& run) {
  run.why(
      "a timer may run a little early, by the clock's resolution: that was the "
      "call for its beat, and the next one is an interval after that beat");
  Bench bench(run, run.milliseconds(40, 400));
  const auto early = run.microseconds(100, 900);
  bench.clock.step = 1ms;
  CallEvery every(bench.loop, bench.interval, [&] { bench.note(); });
  run.step(
      "the clock's resolution is 1 ms; another callback comes {} before "
      "the first tick",
      probe::text(early));
  bench.loop.call_later(bench.interval - early, [] {});
  bench.run_for(3 * bench.interval + bench.interval / 2);
}

void late_and_nearly_early(probe::Run& run) {
  run.why(
      "a late call was that of its own beat, however little before another one "
      "it comes: that other beat is later than time(), so it is the next");
  Bench bench(run, run.milliseconds(40, 400));
  const auto early = run.microseconds(100, 900);
  bench.clock.step = 1ms;
  run.step("the clock's resolution is 1 ms");
  CallEvery every(bench.loop, bench.interval, [&] { bench.note(); });
  bench.block_at(bench.interval / 2,
                 2 * bench.interval + bench.interval / 2 - early);
  bench.run_for(4 * bench.interval + bench.interval / 4);
}

void on_the_beat(probe::Run& run) {
  tiny(run);
  run.why("");
  delayed(run);
  a_little_early(run);
}

// The loop runs and is late, and ticks take their time.
void any_evening(probe::Story& story) {
  auto& run = story.run;
  const bool is_short = run.coin();
  nanoseconds beat = run.microseconds(100, 50'000);
  if (is_short) beat = run.nanoseconds(50, 900);
  const auto bench = std::make_shared<Bench>(run, 4 * beat);
  const auto work = std::make_shared<std::deque<nanoseconds>>();
  const auto every = std::make_shared<std::optional<CallEvery>>();
  every->emplace(bench->loop, bench->interval, [=] {
    bench->note();
    if (work->empty()) return;
    bench->clock.advance(work->front());
    work->pop_front();
  });
  const nanoseconds quarter = bench->interval / 4;
  for (int i = 0; i < 50; ++i) {
    const int what = run.number(1, 30);
    const auto delay = run.number(0, 9) * quarter;
    const auto length = run.number(1, 17) * quarter;
    story.add([=, &run] {
      run.why(
          "the next call is at the first beat later than time() at the last "
          "one, however many have gone by");
      bench->end = std::max(bench->end, bench->loop.time());
      if (what <= 12) {
        bench->run_for(length);
      } else if (what <= 20) {
        bench->block_at(delay, length);
      } else if (what <= 28) {
        run.step("a tick works for {}", probe::text(length));
        work->push_back(length);
      } else {
        run.step("the clock jumps by {}", probe::text(100 * length));
        bench->clock.advance(100 * length);
      }
    });
  }
  story.at_end([=] {
    bench->end = std::max(bench->end, bench->loop.time());
    bench->run_for(12 * bench->interval);
    every->reset();
  });
}

void late_once(probe::Run& run) {
  Bench bench(run, run.milliseconds(20, 200));
  const auto& interval = bench.interval;
  std::vector<nanoseconds> work;
  std::optional<CallEvery> every;
  every.emplace(bench.loop, interval, [&] {
    bench.note();
    if (work.empty()) return;
    bench.clock.advance(work.back());
    work.pop_back();
  });
  const int missed = run.number(2, 4);
  bench.block_at(interval + interval / 2, missed * interval + interval / 4);
  bench.run_for((missed + 3) * interval + interval / 4);
  run.why(
      "a beat that is exactly now is not later than now: it is this call's, "
      "and the next one comes at the beat after it");
  bench.block_at(interval / 4, missed * interval + interval / 2);
  bench.run_for((missed + 3) * interval);
  run.why(
      "time() when the callback is called decides, and not when it returns: "
      "beats that pass while it works are late, but the first of them is due");
  work = {2 * interval + interval / 4};
  run.step("the next tick works for {}", probe::text(work[0]));
  bench.run_for(6 * interval);
  run.why("");
  for (int i = 0; i < 6; ++i) {
    const int quarters = run.number(0, 9);
    work.push_back(quarters * interval / 4);
  }
  run.step("the next ticks work for {}",
           probe::text(std::vector(work.rbegin(), work.rend())));
  bench.run_for(12 * interval);

  tiny_and_late(run, 0ns);
  tiny_and_late(run, 24h * run.number(500, 3'000));
  late_and_nearly_early(run);

  run.stories(40, any_evening);
}

// A callback right behind the tick counts the timers, before any can be due.
void cancelled_and_counted(probe::Run& run) {
  Bench bench(run, run.milliseconds(10, 300));
  const auto end =
      bench.loop.call_later(3 * bench.interval, [&] { bench.loop.stop(); });
  std::optional<CallEvery> every;
  every.emplace(bench.loop, bench.interval, [&] {
    every->cancel();
    bench.loop.call_soon([&] {
      end->cancel();
      run.why(
          "after cancel() no timer of ours is in the loop, not even until its "
          "time has come: who sets the next one behind the callback has to ask "
          "before");
      run.step("a callback right behind that tick counts the timers");
      bench.see_timers();
      bench.loop.stop();
    });
  });
  run.step("its first tick calls cancel() from inside");
  bench.loop.run_forever();
}

void cancelled_inside(probe::Run& run) {
  const auto name = run.name("bell");
  const int last = run.number(2, 4);
  Bench bench(run, run.milliseconds(10, 300));
  int count = 0;
  std::optional<CallEvery> every;
  every.emplace(bench.loop, bench.interval, [&] {
    bench.note();
    if (++count == last) {
      every->cancel();
      every->cancel();
    }
  });
  run.step("tick {} calls cancel() from inside, twice", last);
  bench.run_for(6 * bench.interval + bench.interval / 2);
  run.why("cancelled() says whether cancel() was called, however often");
  run.see("is it cancelled", every->cancelled());
  constexpr auto kNoTimer =
      "a timer that stays in the loop wakes it for nothing, and calls into an "
      "object that may be gone";
  run.why(kNoTimer);
  bench.see_timers();
  run.why("to cancel again does nothing");
  run.step("cancel() again");
  run.see_outcome("cancel()", [&] { every->cancel(); });
  run.why("cancel() ends the calls, wherever it comes from");
  run.step("another one, {}, is cancelled between its ticks", name);
  CallEvery other(bench.loop, bench.interval, [&] { bench.note(name); });
  run.see("is it cancelled", other.cancelled());
  bench.loop.call_later(bench.interval + bench.interval / 2,
                        [&] { other.cancel(); });
  bench.run_for(4 * bench.interval);
  run.why(kNoTimer);
  bench.see_timers();
  run.step("one is destroyed before its first tick, and one between its ticks");
  {
    CallEvery(bench.loop, bench.interval, [&] { bench.note(); });
  }
  bench.see_timers();
  every.emplace(bench.loop, bench.interval, [&] { bench.note(); });
  bench.loop.call_later(2 * bench.interval + bench.interval / 2, [&] {
    every.reset();
    bench.see_timers();
  });
  run.why("with the object its calls end, too");
  bench.run_for(4 * bench.interval);
  cancelled_and_counted(run);
}

void goes_on_after_an_error(probe::Run& run) {
  const auto word = run.name("error");
  const int bad = run.number(2, 3);
  Bench bench(run, run.milliseconds(10, 300));
  bench.loop.set_exception_handler([&](ch02::EventLoop&,
                                       const ch02::ExceptionContext& context) {
    try {
      std::rethrow_exception(context.exception);
    } catch (const std::exception& error) {
      run.note(bench.calls, "the loop reports " + std::string(error.what()));
    } catch (int number) {
      run.note(bench.calls,
               "the loop reports a number, " + probe::text(number));
    }
  });
  int count = 0;
  CallEvery every(bench.loop, bench.interval, [&] {
    bench.note();
    ++count;
    if (count == bad + 1) throw count;
    if (count == bad + 3) every.cancel();
    if (count == bad || count == bad + 3) throw std::runtime_error(word);
  });
  run.why(
      "what the callback throws is the loop's to report; and the next beat "
      "comes all the same, if its timer is set before the callback is called");
  run.step("tick {} throws {}, and tick {} throws a number", bad, word,
           bad + 1);
  bench.run_for((bad + 2) * bench.interval + bench.interval / 2);
  run.why("cancel() counts, too, in a callback that throws after it");
  run.step("tick {} calls cancel(), and throws {}", bad + 3, word);
  bench.run_for(3 * bench.interval);
  const nanoseconds wrong = -run.milliseconds(1, 9);
  for (const auto interval : {0ns, -1ns, wrong}) {
    run.why(
        "an interval of zero or less has no next beat: refuse it with "
        "std::invalid_argument");
    run.see_outcome("CallEvery with an interval of " + probe::text(interval),
                    [&] { CallEvery(bench.loop, interval, [] {}); });
    run.why(
        "refuse before you set a timer: it would call into an object that was "
        "never made");
    bench.see_timers();
  }
  run.why("any interval above zero will do");
  run.see_outcome("CallEvery with an interval of 1 ns",
                  [&] { CallEvery(bench.loop, 1ns, [] {}); });
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"on_the_beat", on_the_beat},
                      {"late_once", late_once},
                      {"cancelled_inside", cancelled_inside},
                      {"goes_on_after_an_error", goes_on_after_an_error}});
}
