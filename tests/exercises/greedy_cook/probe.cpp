#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "chapters/06_slow_callback/exercises/greedy_cook.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Dish;
using exercises::Kitchen;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// Keeps what the loop reports.
struct Reports final : ch06::Handler {
  Reports() { set_formatter(ch06::Formatter("%(levelname)s: %(message)s")); }
  void emit(const ch06::LogRecord& record) override {
    lines.push_back(format(record));
  }
  std::vector<std::string> lines;
};

struct Evening {
  explicit Evening(probe::Run& where) : run(where) {
    ch06::get_logger().add_handler(reports);
    loop.set_debug(true);
    loop.slow_callback_duration = run.milliseconds(31, 90);
    run.step("debug mode is on, and slow_callback_duration = {}",
             probe::text(loop.slow_callback_duration));
  }
  Evening(const Evening&) = delete;
  Evening& operator=(const Evening&) = delete;
  ~Evening() { ch06::get_logger().remove_handler(reports); }

  void order(Dish dish) {
    run.step("{}: {} vegetables, {} rounds with the spoon, {} in the oven",
             dish.name, dish.vegetables, dish.rounds,
             probe::text(dish.roasting));
    dishes.push_back(std::move(dish));
  }
  void order() {
    Dish dish;
    dish.name = run.word();
    dish.vegetables = run.number(2, 9);
    dish.rounds = run.number(30, 50);
    dish.roasting = run.milliseconds(100, 900);
    order(std::move(dish));
  }
  void cook() {
    run.step("cook_dinner()");
    loop.run_until_complete(exercises::cook_dinner(kitchen, dishes));
  }
  int count(const std::string& what) const {
    int found = 0;
    for (const Kitchen::Entry& entry : kitchen.diary()) {
      if (entry.what == what) ++found;
    }
    return found;
  }
  // "chop 7 times", "stir 30 times", ...: what was done for a dish.
  std::vector<std::string> diary(const Dish& dish) const {
    std::vector<std::string> lines;
    std::string last;
    int times = 0;
    for (const Kitchen::Entry& entry : kitchen.diary()) {
      if (entry.dish != dish.name) continue;
      if (entry.what != last) {
        lines.emplace_back();
        last = entry.what;
        times = 0;
      }
      lines.back() = last + " " + std::to_string(++times) + " times";
    }
    return lines;
  }

  probe::Run& run;
  std::shared_ptr<Reports> reports = std::make_shared<Reports>();
  common::VirtualClock clock;
  ch06::EventLoop loop{clock};
  Kitchen kitchen{loop};
  std::vector<Dish> dishes;
};

void nothing_slow(probe::Run& run) {
  Evening evening(run);
  evening.order();
  evening.order();
  evening.cook();
  run.see_lines("reports", evening.reports->lines);
  run.see("slow_callback_duration", evening.loop.slow_callback_duration);
  run.see("rounds with the spoon", evening.count("stir"));
}

// A timer that is due every 50 ms, and notes when it came too late.
struct Heartbeat {
  void start(nanoseconds when) {
    evening.loop.call_at(when, ch06::named("beat", [this, when] {
                           const nanoseconds now = evening.loop.time();
                           if (now - when > 30ms) {
                             late.push_back("the one of " + probe::text(when) +
                                            " came at " + probe::text(now));
                           }
                           start(when + 50ms);
                         }));
  }
  Evening& evening;
  std::vector<std::string> late;
};

void heartbeat(probe::Run& run) {
  Evening evening(run);
  evening.order();
  Heartbeat heart{evening, {}};
  run.step("a timer beats every 50 ms");
  heart.start(50ms);
  evening.cook();
  run.see_lines("beats more than 30 ms late", heart.late);
  run.see("the dinner took", evening.loop.time());
}

void all_the_work(probe::Run& run) {
  Evening evening(run);
  for (int i = 0; i < 3; ++i) evening.order();
  evening.cook();
  for (const Dish& dish : evening.dishes) {
    run.see_lines("work for " + dish.name, evening.diary(dish));
  }
  run.see("reports", evening.reports->lines.size());
}

void closing_time(probe::Run& run) {
  Evening evening(run);
  evening.order();
  const nanoseconds chopping = evening.dishes[0].vegetables * 10ms;
  const nanoseconds closing = chopping + run.milliseconds(20, 200);
  const auto dinner = evening.loop.create_task(
      exercises::cook_dinner(evening.kitchen, evening.dishes));
  run.step("cook_dinner(), which is cancelled at {}", probe::text(closing));
  evening.loop.call_at(closing,
                       ch06::named("close", [&dinner] { dinner.cancel(); }));
  try {
    evening.loop.run_until_complete(dinner);
    run.see("the dinner", "ends as if nothing had happened");
  } catch (const ch06::CancelledError&) {
    run.see("the dinner", "ends with CancelledError");
  }
  int too_late = 0;
  for (const Kitchen::Entry& entry : evening.kitchen.diary()) {
    if (entry.began > closing + 100ms) ++too_late;
  }
  run.see("pieces of work begun more than 100 ms later", too_late);
  run.see("vegetables chopped", evening.count("chop"));
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"nothing_slow", nothing_slow},
                      {"heartbeat", heartbeat},
                      {"all_the_work", all_the_work},
                      {"closing_time", closing_time}});
}
