#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"
#include "tests/exercises/coarse_clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

class Loop : public ch03::EventLoop {
 public:
  using EventLoop::EventLoop;
  std::size_t timers() const {
    std::size_t count = 0;
    for (const auto& one : scheduled()) {
      if (one.kind == Scheduled::Kind::timer) ++count;
    }
    return count;
  }
};

// A kitchen with a diary, on a virtual clock.
struct Kitchen {
  explicit Kitchen(probe::Run& where) : run(where) {}

  void note(const std::string& text) {
    run.note(diary, probe::text(loop.time()) + ": " + text);
  }
  void in(nanoseconds delay, std::function<void()> what) {
    ++own_timers;
    loop.call_later(delay, [this, what = std::move(what)] {
      --own_timers;
      what();
    });
  }
  // Runs for a second, and shows the diary.
  void show_diary() {
    in(1s, [this] { loop.stop(); });
    loop.run_forever();
    run.step("the loop has run for a second; the diary:");
    run.see_lines("diary", diary);
    diary.clear();
    run.why(
        "cancelling() is to be what it would be without a limit: take back "
        "our own request with uncancel(), on each way out, and no other");
    run.see("cancelling() of the task after with_timeout", requests);
    run.why("");
  }

  probe::Run& run;
  probe::CoarseClock clock;
  Loop loop{clock};
  std::vector<std::string> diary;
  std::size_t own_timers = 0;  // of this probe
  int requests = 0;            // to stop the task, after with_timeout
};

// How the work takes its cancellation.
enum class Manner { obeys, takes_time, saves_something, fails };

ch03::Coroutine<std::string> cook(Kitchen& kitchen, std::string dish,
                                  nanoseconds time,
                                  Manner manner = Manner::obeys) {
  kitchen.note(dish + " is begun");
  bool slow = false;
  try {
    if (time > 0ns) co_await ch03::sleep(time);
  } catch (const ch03::CancelledError&) {
    kitchen.note(dish + " is cancelled");
    slow = manner == Manner::takes_time;
    if (manner == Manner::saves_something) co_return "half of " + dish;
    if (manner == Manner::fails) throw std::runtime_error("burnt " + dish);
    if (!slow) throw;
  }
  if (slow) {
    co_await ch03::sleep(20ms);
    kitchen.note(dish + " is tidied up");
    throw ch03::CancelledError();
  }
  co_return dish;
}

// Never waits, for as long as that takes.
ch03::Coroutine<std::string> block(Kitchen& kitchen, std::string dish,
                                   milliseconds time) {
  kitchen.clock.advance(time);
  co_return dish;
}

// Waits for something that somebody cancels.
ch03::Coroutine<std::string> wait_in_vain(Kitchen& kitchen, milliseconds time) {
  const auto future = kitchen.loop.create_future<std::string>();
  kitchen.in(time, [future] { future.cancel(); });
  co_return co_await future;
}

ch03::Coroutine<std::string> spoil(std::string dish, milliseconds time) {
  co_await ch03::sleep(time);
  throw std::runtime_error("no " + dish);
}

ch03::Coroutine<std::string> throw_a_number(milliseconds time) {
  co_await ch03::sleep(time);
  throw 42;
}

// Awaits the work with a limit, and then does something else.
ch03::Coroutine<> guest(Kitchen& kitchen, ch03::Coroutine<std::string> work,
                        nanoseconds limit) {
  std::string came;
  bool stopped = false;
  try {
    const std::string dish =
        co_await exercises::with_timeout(std::move(work), limit);
    came = "returned " + dish;
  } catch (const ch03::TimeoutError&) {
    came = "threw TimeoutError";
  } catch (const ch03::CancelledError&) {
    came = "threw CancelledError";
    stopped = true;
  } catch (const std::exception& error) {
    came = "threw " + std::string(error.what());
  } catch (int number) {
    came = "threw the number " + probe::text(number);
  }
  kitchen.note("with_timeout " + came);
  kitchen.requests = ch03::current_task()->cancelling();
  if (stopped) throw ch03::CancelledError();
  try {
    co_await ch03::sleep(limit + 100ms);
    kitchen.note("the task has done something else for " +
                 probe::text(limit + 100ms));
  } catch (const ch03::CancelledError&) {
    kitchen.note("the task was cancelled while it did something else");
  }
}

// A guest that was asked to stop before, and did not.
ch03::Coroutine<> stubborn_guest(Kitchen& kitchen,
                                 ch03::Coroutine<std::string> work,
                                 nanoseconds limit) {
  ch03::current_task()->cancel();
  try {
    co_await ch03::sleep(0ms);
  } catch (const ch03::CancelledError&) {
    kitchen.note("the task goes on");
  }
  co_await guest(kitchen, std::move(work), limit);
}

ch03::Task<> visit(Kitchen& kitchen, ch03::Coroutine<std::string> work,
                   nanoseconds limit) {
  kitchen.run.step("a task awaits it with a limit of {}, and then sleeps {}",
                   probe::text(limit), probe::text(limit + 100ms));
  return kitchen.loop.create_task(guest(kitchen, std::move(work), limit));
}

void count_timers(Kitchen& kitchen, milliseconds delay) {
  kitchen.run.step("after {} we count the timers of work, limit and task",
                   probe::text(delay));
  kitchen.in(delay, [&kitchen] {
    kitchen.note("timers that wait: " +
                 probe::text(kitchen.loop.timers() - kitchen.own_timers));
  });
}

// Work that takes so much more than the limit, which may be less.
void to_the_nanosecond(Kitchen& kitchen, nanoseconds more) {
  auto& run = kitchen.run;
  const nanoseconds limit = run.microseconds(20'100, 20'900);
  const auto name = run.name("dish");
  run.why(
      "a limit is no whole number of milliseconds: call_later() takes it as it "
      "is, and to round it makes it shorter or longer");
  run.step("work that would return {} after {}", name,
           probe::text(limit + more));
  const auto task = visit(kitchen, cook(kitchen, name, limit + more), limit);
  kitchen.show_diary();
}

void in_time(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 2);
  const auto time = run.milliseconds(20, 40);
  const auto limit = time + run.milliseconds(20, 40);
  run.step("work that returns {} after {}", names[0], probe::text(time));
  const auto first = visit(kitchen, cook(kitchen, names[0], time), limit);
  count_timers(kitchen, time - 10ms);
  count_timers(kitchen, time + 10ms);
  kitchen.show_diary();
  run.why(
      "an error of the work goes to its caller, and on that way, too, the "
      "timer "
      "must not be left behind");
  run.step("work that throws \"no {}\" after {}", names[1], probe::text(time));
  const auto second = visit(kitchen, spoil(names[1], time), limit);
  count_timers(kitchen, time + 10ms);
  kitchen.show_diary();
  run.why(
      "the limit has not passed: a CancelledError that the work throws in time "
      "is an error like any other");
  run.step("work that awaits a future, which is cancelled after {}",
           probe::text(time));
  const auto third = visit(kitchen, wait_in_vain(kitchen, time), limit);
  count_timers(kitchen, time + 10ms);
  kitchen.show_diary();
  run.why("an error may be anything, also a number: clean up in a destructor");
  run.step("work that throws 42 after {}", probe::text(time));
  const auto fourth = visit(kitchen, throw_a_number(time), limit);
  count_timers(kitchen, time + 10ms);
  kitchen.show_diary();
  run.why("a result is a result, whatever is in it");
  run.step("work that returns an empty text after {}", probe::text(time));
  const auto fifth = visit(kitchen, cook(kitchen, "", time), limit);
  kitchen.show_diary();
  run.why(
      "the longest limit there is must not become one that has passed: "
      "time() + limit does not fit");
  run.step("a task awaits work of {} with the limit nanoseconds::max()",
           probe::text(time));
  std::string came = "threw CancelledError or TimeoutError";
  try {
    came =
        "returned " + kitchen.loop.run_until_complete(exercises::with_timeout(
                          cook(kitchen, names[0], time), nanoseconds::max()));
  } catch (const ch03::CancelledError&) {
  } catch (const ch03::TimeoutError&) {
  }
  run.see("with_timeout", came);
  kitchen.diary.clear();
  to_the_nanosecond(kitchen, -1ns);
}

void too_late(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 5);
  const auto limit = run.milliseconds(20, 40);
  const auto long_time = 3 * limit;
  run.step("work that would return {} after {}", names[0],
           probe::text(long_time));
  run.why(
      "at the limit the work is cancelled, and only when it has ended does its "
      "caller hear of it, by a TimeoutError");
  const auto task = visit(kitchen, cook(kitchen, names[0], long_time), limit);
  count_timers(kitchen, limit + 10ms);
  kitchen.show_diary();

  run.why(
      "work that is cancelled tidies up before its caller hears of the "
      "timeout: wait until it has ended");
  run.step("work that takes 20 ms to tidy up when it is cancelled");
  const auto slow = visit(
      kitchen, cook(kitchen, names[1], long_time, Manner::takes_time), limit);
  kitchen.show_diary();

  run.why(
      "the task may have been asked to stop before, and not taken it back: "
      "compare cancelling() with what it was, and not with 0");
  run.step("work that would return {} after {}", names[2],
           probe::text(long_time));
  run.step("a task that was asked to stop before awaits it with a limit of {}",
           probe::text(limit));
  const auto stubborn = kitchen.loop.create_task(
      stubborn_guest(kitchen, cook(kitchen, names[2], long_time), limit));
  kitchen.show_diary();

  run.why(
      "a limit inside a limit: the inner one is cancelled from outside, and "
      "only the outer one makes that a TimeoutError");
  run.step("work that would return {} after {}, with a limit of {}", names[3],
           probe::text(long_time), probe::text(2 * limit));
  const auto outer = visit(
      kitchen,
      exercises::with_timeout(cook(kitchen, names[3], long_time), 2 * limit),
      limit);
  kitchen.show_diary();
  run.why(
      "two limits that pass in the same moment are two requests, and each "
      "takes back its own");
  run.step("work that would return {} after {}, with a limit of {}", names[4],
           probe::text(long_time), probe::text(limit));
  const auto equal =
      visit(kitchen,
            exercises::with_timeout(cook(kitchen, names[4], long_time), limit),
            limit);
  count_timers(kitchen, limit + 10ms);
  kitchen.show_diary();

  const auto early = run.word();
  run.why(
      "a timer may run a little early, by the clock's resolution: that it has "
      "run decides, and not what time it is");
  kitchen.clock.step = 20ms;
  run.step(
      "the clock's resolution is 20 ms, and another timer comes 10 ms before "
      "the limit's; work that would return {} after {}",
      early, probe::text(long_time));
  kitchen.in(limit - 10ms, [] {});
  const auto sixth = visit(kitchen, cook(kitchen, early, long_time), limit);
  kitchen.show_diary();
  kitchen.clock.step = 1ns;
  run.step("the clock's resolution is 1 ns again");
  to_the_nanosecond(kitchen, 1ns);
}

void last_words(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 2);
  const auto limit = run.milliseconds(20, 40);
  run.step("work that, when it is cancelled, returns half of {}", names[0]);
  const auto first =
      visit(kitchen,
            cook(kitchen, names[0], 3 * limit, Manner::saves_something), limit);
  kitchen.show_diary();
  run.step("work that, when it is cancelled, throws \"burnt {}\"", names[1]);
  const auto second =
      visit(kitchen, cook(kitchen, names[1], 3 * limit, Manner::fails), limit);
  kitchen.show_diary();
}

void from_outside(probe::Run& run) {
  Kitchen kitchen(run);
  const auto name = run.name("dish");
  const auto patience = run.milliseconds(20, 40);
  const auto limit = patience + run.milliseconds(20, 40);
  run.step("work that would return {} after {}", name, probe::text(3 * limit));
  const auto task = visit(kitchen, cook(kitchen, name, 3 * limit), limit);
  count_timers(kitchen, patience - 10ms);
  run.step("after {} somebody cancels that task", probe::text(patience));
  kitchen.in(patience, [task] { task.cancel(); });
  count_timers(kitchen, patience + 10ms);
  kitchen.show_diary();
  run.see("the task was cancelled", static_cast<bool>(task.cancelled()));

  const auto other = run.name("dish");
  run.why(
      "without a limit, too, work may return something when it is cancelled; "
      "the request of somebody else is not ours to take back");
  run.step("work that, when it is cancelled, returns half of {}", other);
  const auto saved = visit(
      kitchen, cook(kitchen, other, 3 * limit, Manner::saves_something), limit);
  run.step("after {} somebody cancels that task", probe::text(patience));
  kitchen.in(patience, [saved] { saved.cancel(); });
  kitchen.show_diary();
}

void both_at_once(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 2);
  const auto limit = run.milliseconds(20, 40);
  run.step("work that would return {} after {}", names[0],
           probe::text(3 * limit));
  const auto first = visit(kitchen, cook(kitchen, names[0], 3 * limit), limit);
  run.step("somebody cancels that task at {}, just before the limit's timer",
           probe::text(limit));
  kitchen.in(limit, [first] { first.cancel(); });
  count_timers(kitchen, limit - 10ms);
  kitchen.show_diary();
  run.step("work that would return {} after {}", names[1],
           probe::text(3 * limit));
  const auto second = visit(kitchen, cook(kitchen, names[1], 3 * limit), limit);
  run.step("somebody cancels that task {} later, just after the limit's timer",
           probe::text(limit));
  kitchen.in(10ms, [&kitchen, second, limit] {
    kitchen.in(limit - 10ms, [second] { second.cancel(); });
  });
  kitchen.show_diary();

  const auto slow = run.name("dish");
  run.why(
      "the limit has passed, and then somebody asks, too, while the work "
      "tidies up: the task must stop");
  run.step("work that takes 20 ms to tidy up when it is cancelled");
  const auto third =
      visit(kitchen, cook(kitchen, slow, 3 * limit, Manner::takes_time), limit);
  run.step("somebody cancels that task after {}", probe::text(limit + 10ms));
  kitchen.in(limit + 10ms, [third] { third.cancel(); });
  kitchen.show_diary();
}

void no_time_at_all(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 4);
  run.step("work that returns {} without any wait", names[0]);
  const auto first = visit(kitchen, cook(kitchen, names[0], 0ms), 0ms);
  kitchen.show_diary();
  run.why("a limit of zero is a limit: the work begins, and has to wait");
  run.step("work that would return {} after 30 ms", names[1]);
  const auto second = visit(kitchen, cook(kitchen, names[1], 30ms), 0ms);
  kitchen.show_diary();
  run.why("a limit of less than zero is one that has passed, like zero");
  run.step("work that would return {} after 30 ms", names[2]);
  const auto less = -run.milliseconds(1, 9);
  const auto third = visit(kitchen, cook(kitchen, names[2], 30ms), less);
  kitchen.show_diary();
  run.why(
      "the clock does not decide, but the request to stop: work that never "
      "waits has not heard of one, and its result counts");
  const auto busy = run.milliseconds(40, 60);
  run.step("work that returns {} without any wait, but works for {}", names[3],
           probe::text(busy));
  const auto fourth = visit(kitchen, block(kitchen, names[3], busy), 30ms);
  kitchen.show_diary();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"in_time", in_time},
                      {"too_late", too_late},
                      {"last_words", last_words},
                      {"from_outside", from_outside},
                      {"both_at_once", both_at_once},
                      {"no_time_at_all", no_time_at_all}});
}
