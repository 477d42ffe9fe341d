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
  explicit Kitchen(probe::Run& where) : run(where) {}

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
  void look(const std::string& name, const Dish& dish) {
    run.see("the future of " + name, ending(dish));
  }

  probe::Run& run;
  common::VirtualClock clock;
  ch03::EventLoop loop{clock};
};

void in_order(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(3);
  const auto slow = run.milliseconds(40, 60);
  const auto first = kitchen.order(names[0], slow);
  const auto second = kitchen.order(names[1], run.milliseconds(1, 15));
  const auto third = kitchen.order(names[2], run.milliseconds(16, 30));
  kitchen.gather(names[0] + ", " + names[1] + ", " + names[2],
                 {first, second, third});
}

void nothing_to_wait_for(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(4);
  const auto first = kitchen.order(names[0], run.milliseconds(1, 9));
  const auto second = kitchen.order(names[1], run.milliseconds(10, 19));
  const auto third = kitchen.spoil(names[2], run.milliseconds(1, 9));
  const auto fourth = kitchen.spoil(names[3], run.milliseconds(10, 19));
  kitchen.wait(run.milliseconds(20, 40));
  kitchen.gather(names[1] + ", " + names[0], {second, first});
  kitchen.gather("", {});
  kitchen.gather(names[0] + ", " + names[3] + ", " + names[2],
                 {first, fourth, third});
}

void first_error(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(4);
  const auto slow = kitchen.order(names[0], run.milliseconds(60, 80));
  const auto later = kitchen.spoil(names[1], run.milliseconds(40, 50));
  const auto quick = kitchen.order(names[2], run.milliseconds(1, 9));
  const auto sooner = kitchen.spoil(names[3], run.milliseconds(10, 30));
  kitchen.gather(names[0] + ", " + names[1] + ", " + names[2] + ", " + names[3],
                 {slow, later, quick, sooner});
  kitchen.look(names[0], slow);
  kitchen.wait(100ms);
  kitchen.look(names[0], slow);
  kitchen.look(names[1], later);
}

void one_is_cancelled(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(3);
  const auto slow = kitchen.order(names[0], run.milliseconds(60, 80));
  const auto quick = kitchen.order(names[1], run.milliseconds(1, 9));
  const auto gone = kitchen.withdraw(names[2], run.milliseconds(10, 30));
  kitchen.gather(names[0] + ", " + names[1] + ", " + names[2],
                 {slow, quick, gone});
  kitchen.wait(100ms);
  kitchen.look(names[0], slow);
}

void all_are_cancelled(probe::Run& run) {
  Kitchen kitchen(run);
  const auto names = run.words(3);
  const auto first = kitchen.order(names[0], run.milliseconds(60, 80));
  const auto second = kitchen.order(names[1], run.milliseconds(1, 9));
  const auto third = kitchen.order(names[2], run.milliseconds(60, 80));
  kitchen.gather(names[0] + ", " + names[1] + ", " + names[2],
                 {first, second, third}, run.milliseconds(10, 50));
  kitchen.wait(100ms);
  kitchen.look(names[0], first);
  kitchen.look(names[1], second);
  kitchen.look(names[2], third);
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
