#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"
#include "common/clock.hpp"
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
    diary.push_back(probe::text(loop.time()) + ": " + text);
  }
  void in(milliseconds delay, std::function<void()> what) {
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
  }

  probe::Run& run;
  common::VirtualClock clock;
  Loop loop{clock};
  std::vector<std::string> diary;
  std::size_t own_timers = 0;  // of this probe
};

// How the work takes its cancellation.
enum class Manner { obeys, saves_something, fails };

ch03::Coroutine<std::string> cook(Kitchen& kitchen, std::string dish,
                                  milliseconds time,
                                  Manner manner = Manner::obeys) {
  kitchen.note(dish + " is begun");
  try {
    if (time > 0ms) co_await ch03::sleep(time);
  } catch (const ch03::CancelledError&) {
    kitchen.note(dish + " is cancelled");
    if (manner == Manner::saves_something) co_return "half of " + dish;
    if (manner == Manner::fails) throw std::runtime_error("burnt " + dish);
    throw;
  }
  co_return dish;
}

ch03::Coroutine<std::string> spoil(std::string dish, milliseconds time) {
  co_await ch03::sleep(time);
  throw std::runtime_error("no " + dish);
}

// Awaits the work with a limit, and then does something else.
ch03::Coroutine<> guest(Kitchen& kitchen, ch03::Coroutine<std::string> work,
                        milliseconds limit) {
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
  }
  kitchen.note("with_timeout " + came);
  kitchen.note("the task's cancelling() is " +
               probe::text(ch03::current_task()->cancelling()));
  if (stopped) throw ch03::CancelledError();
  try {
    co_await ch03::sleep(limit + 100ms);
    kitchen.note("the task has done something else for " +
                 probe::text(limit + 100ms));
  } catch (const ch03::CancelledError&) {
    kitchen.note("the task was cancelled while it did something else");
  }
}

ch03::Task<> visit(Kitchen& kitchen, ch03::Coroutine<std::string> work,
                   milliseconds limit) {
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

void in_time(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(2);
  const auto time = run.milliseconds(20, 40);
  const auto limit = time + run.milliseconds(20, 40);
  run.step("work that returns {} after {}", names[0], probe::text(time));
  const auto first = visit(kitchen, cook(kitchen, names[0], time), limit);
  count_timers(kitchen, time - 10ms);
  count_timers(kitchen, time + 10ms);
  kitchen.show_diary();
  run.step("work that throws \"no {}\" after {}", names[1], probe::text(time));
  const auto second = visit(kitchen, spoil(names[1], time), limit);
  count_timers(kitchen, time + 10ms);
  kitchen.show_diary();
}

void too_late(probe::Run& run) {
  Kitchen kitchen(run);
  const auto name = run.word();
  const auto limit = run.milliseconds(20, 40);
  run.step("work that would return {} after {}", name, probe::text(3 * limit));
  const auto task = visit(kitchen, cook(kitchen, name, 3 * limit), limit);
  count_timers(kitchen, limit + 10ms);
  kitchen.show_diary();
}

void last_words(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(2);
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
  const auto name = run.word();
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
}

void both_at_once(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(2);
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
}

void no_time_at_all(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(2);
  run.step("work that returns {} without any wait", names[0]);
  const auto first = visit(kitchen, cook(kitchen, names[0], 0ms), 0ms);
  kitchen.show_diary();
  run.step("work that would return {} after 30 ms", names[1]);
  const auto second = visit(kitchen, cook(kitchen, names[1], 30ms), 0ms);
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
