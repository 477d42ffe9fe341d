#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

using Dish = ch03::Future<std::string>;
using Dishes = ch03::Task<std::vector<std::string>>;

// How a future ended, in words.
std::string ending(const Dish& dish) {
  if (!dish.done()) return "pending";
  if (dish.cancelled()) return "cancelled";
  try {
    return "result " + dish.result();
  } catch (const std::exception& error) {
    return std::string("error ") + error.what();
  }
}

// Orders dishes, and gathers them on a virtual clock.
struct Kitchen {
  explicit Kitchen(probe::Run& where) : run(where) {
    loop.set_exception_handler(
        [this](ch03::EventLoop&, const ch03::ExceptionContext&) { ++reports; });
  }

  Dish order(const std::string& name, milliseconds time) {
    run.step("the future of {} has a result after {}", name, probe::text(time));
    return later(time, [name](const Dish& dish) { dish.set_result(name); });
  }
  Dish spoil(const std::string& name, milliseconds time) {
    run.step("the future of {} has an error after {}: no {}", name,
             probe::text(time), name);
    return later(time, [name](const Dish& dish) {
      dish.set_exception(std::runtime_error("no " + name));
    });
  }
  Dish withdraw(const std::string& name, milliseconds time) {
    run.step("the future of {} is cancelled after {}", name, probe::text(time));
    return later(time, [](const Dish& dish) { dish.cancel(); });
  }
  template <class Change>
  Dish later(milliseconds time, Change change) {
    Dish dish = loop.create_future<std::string>();
    loop.call_later(time, [dish, change] {
      if (!dish.done()) change(dish);
    });
    return dish;
  }

  // Gathers them, for an hour at most, and tells what came of it.
  void gather(const std::string& names, const std::vector<Dish>& dishes,
              std::optional<milliseconds> patience = {}) {
    run.step("a task awaits gather_results({{{}}})", names);
    const Dishes task = loop.create_task(exercises::gather_results(dishes));
    std::optional<nanoseconds> end;
    task.add_done_callback([this, &end](const auto&) {
      end = loop.time();
      loop.stop();
    });
    if (patience) {
      run.step("that task is cancelled after {}", probe::text(*patience));
      loop.call_later(*patience, [task] { task.cancel(); });
    }
    run_for(1h);
    run.see("the task is over when the clock shows",
            end ? probe::text(*end) : "(it still waits after an hour)");
    if (end) run.see("what came of it", came_of(task));
  }
  static std::string came_of(const Dishes& task) {
    if (task.cancelled()) return "CancelledError";
    try {
      const std::vector<std::string> results = task.result();
      return "result " + probe::text(results);
    } catch (const std::exception& error) {
      return std::string("error ") + error.what();
    }
  }
  void run_for(nanoseconds duration) {
    const auto stop = loop.call_later(duration, [this] { loop.stop(); });
    loop.run_forever();
    stop->cancel();
  }
  void wait(milliseconds duration) {
    run_for(duration);
    run.step("the loop runs on, until its clock shows {}",
             probe::text(loop.time()));
  }
  // The loops of later chapters report an error that was never retrieved.
  void see_unseen(const std::string& name, const Dish& dish) {
    run.why(
        "an error that is not thrown by gather_results() was not retrieved by "
        "it: exception() on the way would silence the loop's report of it");
    run.see<bool>("is the error of " + name + " still to be retrieved",
                  dish.base()->exception_unseen());
  }
  void look(const std::string& name, const Dish& dish) {
    run.see("the future of " + name, ending(dish));
  }

  probe::Run& run;
  common::VirtualClock clock;
  ch03::EventLoop loop{clock};
  int reports = 0;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void in_order(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 3);
  const auto slow = kitchen.order(names[0], run.milliseconds(40, 60));
  const auto second = kitchen.order(names[1], run.milliseconds(1, 15));
  const auto third = kitchen.order(names[2], run.milliseconds(16, 30));
  run.why(
      "the wait is over when the slowest result is there, and only the order "
      "of "
      "the arguments tells which result is whose");
  kitchen.gather(joined(names), {slow, second, third});
  run.why("who gathers reads the results, and does not take them away");
  kitchen.look(names[0], slow);

  run.why("a future that is given twice has its result in both places");
  const auto more = run.names("dish", 2);
  const auto once = kitchen.order(more[0], run.milliseconds(1, 9));
  const auto twice = kitchen.order(more[1], run.milliseconds(10, 19));
  kitchen.gather(joined({more[1], more[0], more[1]}), {twice, once, twice});

  run.why("");
  std::vector<std::string> many = run.names("dish", 6);
  std::vector<Dish> dishes;
  run.step("more futures, each at a time of its own");
  for (const auto& name : many) {
    const auto time = run.milliseconds(0, 9);
    dishes.push_back(kitchen.order(name, time));
  }
  kitchen.gather(joined(many), dishes);
}

// Gathers nothing, between two notes.
ch03::Coroutine<> gather_nothing(std::vector<std::string>& notes) {
  notes.push_back("the task begins");
  const auto results = co_await exercises::gather_results({});
  notes.push_back("the task has " + probe::text(results.size()) + " results");
}

void nothing_to_wait_for(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 5);
  const auto first = kitchen.order(names[0], run.milliseconds(1, 9));
  const auto second = kitchen.order(names[1], run.milliseconds(10, 19));
  const auto third = kitchen.spoil(names[2], run.milliseconds(1, 9));
  const auto fourth = kitchen.spoil(names[3], run.milliseconds(10, 19));
  kitchen.wait(run.milliseconds(20, 40));
  run.why(
      "a future that is done already counts like the others: its callback "
      "comes in the next iteration");
  kitchen.gather(names[1] + ", " + names[0], {second, first});
  run.why(
      "to wait for nothing is no error: if no callback will come, the wait "
      "must "
      "be over before it begins");
  kitchen.gather("", {});
  run.why(
      "among those that are done already no one is the first in time, so the "
      "first argument's error counts");
  kitchen.gather(joined({names[0], names[3], names[2]}),
                 {first, fourth, third});
  run.why(
      "an error that is there already ends the wait before it begins: to await "
      "one future after the other hears of it only when its turn comes");
  const auto slow = kitchen.order(names[4], run.milliseconds(30, 60));
  kitchen.gather(joined({names[4], names[2]}), {slow, third});
  run.why(
      "the callbacks of futures that are done come one by one; the first "
      "error ends the wait, and the others find it over");
  run.see("errors that the loop reports", kitchen.reports);

  run.why("a result is a result, whatever is in it");
  run.step("the future of nothing has an empty text as its result");
  const auto empty = kitchen.loop.create_future<std::string>();
  empty.set_result("");
  kitchen.gather(joined({names[0], "nothing"}), {first, empty});

  const auto name = run.name("callback");
  run.why("with nothing to wait for, the task goes on at once");
  run.step("a task awaits gather_results({{}}), and {} waits behind", name);
  std::vector<std::string> notes;
  const auto task = kitchen.loop.create_task(gather_nothing(notes));
  kitchen.loop.call_soon([&] { notes.push_back(name); });
  kitchen.run_for(100ms);
  run.see("what happened", notes);
}

void first_error(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 4);
  const auto slow = kitchen.order(names[0], run.milliseconds(60, 80));
  const auto later = kitchen.spoil(names[1], run.milliseconds(40, 50));
  const auto quick = kitchen.order(names[2], run.milliseconds(1, 9));
  const auto sooner = kitchen.spoil(names[3], run.milliseconds(10, 30));
  kitchen.gather(joined(names), {slow, later, quick, sooner});
  run.why("the others have done nothing wrong: they go on");
  kitchen.look(names[0], slow);
  kitchen.wait(100ms);
  kitchen.look(names[0], slow);
  kitchen.see_unseen(names[1], later);
  run.why("the others have done nothing wrong: they go on");
  kitchen.look(names[1], later);
  run.why(
      "when the wait is over, a callback that comes later finds it so, and "
      "must leave it alone: it can be set only once");
  run.see("errors that the loop reports", kitchen.reports);

  run.why(
      "of two errors in one moment, the one that was set first is the "
      "first in time");
  const auto both = run.names("dish", 2);
  const auto one = kitchen.loop.create_future<std::string>();
  const auto other = kitchen.loop.create_future<std::string>();
  const auto time = run.milliseconds(10, 30);
  run.step(
      "after {} the future of {} has an error, and in the same moment, "
      "after it, that of {}",
      probe::text(time), both[1], both[0]);
  kitchen.loop.call_later(time, [&] {
    other.set_exception(std::runtime_error("no " + both[1]));
    one.set_exception(std::runtime_error("no " + both[0]));
  });
  kitchen.gather(joined(both), {one, other});
  run.why(
      "the second error finds the wait over, and must leave it alone: it can "
      "be set only once");
  run.see("errors that the loop reports", kitchen.reports);
  kitchen.see_unseen(both[0], one);

  run.why("");
  const auto done = run.names("dish", 2);
  const auto front = kitchen.spoil(done[0], 1ms);
  const auto behind = kitchen.spoil(done[1], 1ms);
  kitchen.wait(10ms);
  kitchen.gather(joined(done), {front, behind});
  kitchen.see_unseen(done[1], behind);
}

void one_is_cancelled(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 3);
  const auto slow = kitchen.order(names[0], run.milliseconds(60, 80));
  const auto quick = kitchen.order(names[1], run.milliseconds(1, 9));
  const auto gone = kitchen.withdraw(names[2], run.milliseconds(10, 30));
  kitchen.gather(joined(names), {slow, quick, gone});
  run.why(
      "one future was cancelled, and not the task that awaits: the others go "
      "on");
  kitchen.wait(100ms);
  kitchen.look(names[0], slow);
  run.why(
      "a future that was cancelled before the call is like one with an "
      "error: of those that are done, the first argument counts");
  const auto more = run.names("dish", 2);
  const auto bad = kitchen.spoil(more[0], 1ms);
  const auto late = kitchen.order(more[1], 50ms);
  kitchen.wait(10ms);
  kitchen.gather(joined({more[1], names[2], more[0]}), {late, gone, bad});
  kitchen.gather(joined({more[1], more[0], names[2]}), {late, bad, gone});
  kitchen.look(more[1], late);
  run.why(
      "a callback that throws is reported by the loop: exception() of a "
      "cancelled future throws, so ask cancelled() first");
  run.see("errors that the loop reports", kitchen.reports);
}

// In the iteration in which the callback of the last future runs, behind it.
void cancelled_at_the_last_moment(Kitchen& kitchen, bool has_result) {
  auto& run = kitchen.run;
  const auto name = run.name("dish");
  const Dish dish = kitchen.loop.create_future<std::string>();
  run.step("a task awaits gather_results({{{}}})", name);
  const Dishes task =
      kitchen.loop.create_task(exercises::gather_results({dish}));
  run.step(
      "the future of {} has {}, and right behind its callbacks the task "
      "is cancelled",
      name, has_result ? "a result" : "an error");
  kitchen.loop.call_later(1ms, [&] {
    if (has_result) {
      dish.set_result(name);
    } else {
      dish.set_exception(std::runtime_error("no " + name));
    }
    kitchen.loop.call_soon([&] { task.cancel(); });
  });
  kitchen.run_for(1h);
  run.see("what came of it",
          task.done() ? Kitchen::came_of(task) : "(it still waits)");
}

void all_are_cancelled(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.names("dish", 3);
  const auto first = kitchen.order(names[0], run.milliseconds(60, 80));
  const auto second = kitchen.order(names[1], run.milliseconds(1, 9));
  const auto third = kitchen.order(names[2], run.milliseconds(60, 80));
  run.why(
      "a CancelledError goes on to the caller: to stop a task is to "
      "stop what awaits in it, too");
  kitchen.gather(joined(names), {first, second, third},
                 run.milliseconds(10, 50));
  run.why("");
  kitchen.wait(100ms);
  kitchen.look(names[0], first);
  kitchen.look(names[1], second);
  kitchen.look(names[2], third);

  run.why(
      "the task is cancelled in the moment of an error: it does not wait any "
      "more for that, and stops the others");
  const auto more = run.names("dish", 2);
  const auto slow = kitchen.order(more[0], run.milliseconds(60, 80));
  const auto bad = kitchen.spoil(more[1], 20ms);
  kitchen.gather(joined(more), {slow, bad}, 20ms);
  kitchen.look(more[0], slow);
  run.see("errors that the loop reports", kitchen.reports);
  run.why(
      "the wait is over, and the task has not gone on yet: it still awaits "
      "gather_results(), so the CancelledError goes on");
  cancelled_at_the_last_moment(kitchen, true);
  cancelled_at_the_last_moment(kitchen, false);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"in_order", in_order},
                      {"nothing_to_wait_for", nothing_to_wait_for},
                      {"first_error", first_error},
                      {"one_is_cancelled", one_is_cancelled},
                      {"all_are_cancelled", all_are_cancelled}});
}
