#include <algorithm>
#include <chrono>
#include <exception>
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
    loop.slow_callback_duration = run.microseconds(30'001, 31'000);
    run.step("debug mode is on, and slow_callback_duration = {}",
             probe::text(loop.slow_callback_duration));
  }
  Evening(const Evening&) = delete;
  Evening& operator=(const Evening&) = delete;
  ~Evening() { ch06::get_logger().remove_handler(reports); }

  void order(Dish dish) {
    run.step("{}: vegetables: {}, rounds with the spoon: {}, in the oven: {}",
             dish.name, dish.vegetables, dish.rounds,
             probe::text(dish.roasting));
    dishes.push_back(std::move(dish));
  }
  void order() {
    Dish dish;
    dish.name = run.name("dish");
    dish.vegetables = run.number(2, 9);
    dish.rounds = run.number(30, 50);
    dish.roasting = run.milliseconds(100, 900);
    order(std::move(dish));
  }
  void cook() {
    run.step("cook_dinner()");
    loop.run_until_complete(exercises::cook_dinner(kitchen, dishes));
  }
  // How long everything takes that is done one thing at a time.
  nanoseconds all_work() const {
    nanoseconds sum = 0ms;
    for (const Dish& dish : dishes) {
      sum += dish.vegetables * 10ms + dish.rounds * 15ms + 3 * 2ms;
    }
    return sum;
  }
  int count(const std::string& what) const {
    int found = 0;
    for (const Kitchen::Entry& entry : kitchen.diary()) {
      if (entry.what == what) ++found;
    }
    return found;
  }
  // From the last piece of one kind to the first of another.
  nanoseconds from_last_to_first(const std::string& one,
                                 const std::string& other) const {
    const auto& entries = kitchen.diary();
    const auto last =
        std::find_if(entries.rbegin(), entries.rend(),
                     [&one](const auto& entry) { return entry.what == one; });
    const auto first = std::find_if(
        entries.begin(), entries.end(),
        [&other](const auto& entry) { return entry.what == other; });
    if (last == entries.rend() || first == entries.end()) return 0ms;
    return first->began - last->began;
  }
  // "chop once", "stir 30 times", ...: what was done for a dish.
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
      ++times;
      lines.back() =
          last + (times == 1 ? " once" : fmt::format(" {} times", times));
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
  std::string owner;
  evening.loop.call_later(
      200ms, ch06::named("owner", [&evening, &owner] {
        owner = std::string("debug mode ") +
                (evening.loop.debug() ? "on" : "off") + ", limit " +
                probe::text(evening.loop.slow_callback_duration);
      }));
  evening.cook();
  run.see_lines("reports", evening.reports->lines);
  run.why(
      "each round takes its time: a step becomes short by letting others in, "
      "not by doing less");
  run.see("rounds with the spoon", evening.count("stir"));
  run.why(
      "debug mode, its limit and the log are the owner's: to silence them is "
      "not to be quick");
  run.see("during the dinner", owner);
  run.see("slow_callback_duration after it",
          evening.loop.slow_callback_duration);
  const std::size_t before = evening.reports->lines.size();
  run.step("after the dinner, a callback of another program's takes 1 s");
  evening.loop.call_soon(
      ch06::named("other", [&evening] { evening.clock.sleep(1s); }));
  evening.loop.run_until_complete(ch06::sleep(0s));
  run.see("reports of it", evening.reports->lines.size() - before);
}

// A timer that is due every 50 ms, and notes when it came too late: it may come
// due during one step of 30 ms, and wait for another one.
struct Heartbeat {
  void start(nanoseconds when) {
    evening.loop.call_at(when, ch06::named("beat", [this, when] {
                           const nanoseconds now = evening.loop.time();
                           if (now - when > 60ms) {
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
  run.see_lines("beats more than 60 ms late", heart.late);
  run.why(
      "one dish takes as long as its work and then its oven: a sleep of zero "
      "lets others in and costs no time, and the oven comes after the sauce");
  run.see("the dinner took", evening.loop.time());
  run.why("the sauce goes into the oven, and what came out of it is tasted");
  run.see("from the last round with the spoon to the first taste",
          evening.from_last_to_first("stir", "taste"));

  run.step("another dinner");
  Evening small(run);
  Dish plain;
  plain.name = run.name("dish");
  plain.vegetables = run.number(0, 1);
  plain.roasting = run.milliseconds(0, 5);
  small.order(std::move(plain));
  small.cook();
  run.see("the dinner took", small.loop.time());
  run.see_lines("work", small.diary(small.dishes[0]));

  run.why("a dinner of no dish is over at once");
  run.step("a dinner of no dish");
  Evening none(run);
  none.cook();
  run.see("the dinner took", none.loop.time());
}

// Cooks, and tells of the work and of the tasks.
void show_all_work(probe::Run& run, Evening& evening) {
  std::vector<std::string> names;
  evening.loop.call_later(
      50ms, ch06::named("look", [&evening, &names] {
        for (const auto& task : evening.loop.all_tasks()) {
          const std::string name = task->get_name();
          if (std::ranges::count(evening.dishes, name, &Dish::name) > 0) {
            names.push_back(name);
          }
        }
      }));
  evening.cook();
  for (const Dish& dish : evening.dishes) {
    if (std::ranges::count(evening.dishes, dish.name, &Dish::name) == 1) {
      run.see_lines("work for " + dish.name, evening.diary(dish));
    }
  }
  for (const char* const what : {"chop", "stir", "taste"}) {
    run.see(std::string("in all: ") + what, evening.count(what));
  }
  run.why(
      "each dish is cooked in a task of its own that is called like it, also "
      "the only one, and also two that have one name");
  std::sort(names.begin(), names.end());
  run.see("tasks after 50 ms that are called like a dish", names);
  run.why(
      "while one dish is in the oven the others go on: after all work, the "
      "dinner waits for no more than the longest oven");
  nanoseconds longest = 0ms;
  for (const Dish& dish : evening.dishes) {
    longest = std::max(longest, dish.roasting);
  }
  run.see("longer than all work and the longest oven",
          evening.loop.time() > evening.all_work() + longest);
  run.why("");
  run.see("reports", evening.reports->lines.size());
}

void all_the_work(probe::Run& run) {
  Evening evening(run);
  for (int i = 0; i < 3; ++i) evening.order();
  show_all_work(run, evening);

  run.step("another dinner, of one dish");
  Evening single(run);
  single.order();
  show_all_work(run, single);

  run.step("another dinner, of two dishes with the same name");
  Evening twins(run);
  twins.order();
  Dish twin = twins.dishes[0];
  twin.roasting += run.milliseconds(1, 100);
  twins.order(std::move(twin));
  show_all_work(run, twins);
}

void close_at(probe::Run& run, Evening& evening, nanoseconds closing) {
  const auto dinner = evening.loop.create_task(
      exercises::cook_dinner(evening.kitchen, evening.dishes));
  run.step("cook_dinner(), which is cancelled at {}", probe::text(closing));
  nanoseconds asked = 0ms;
  const auto close = [&] {
    asked = evening.loop.time();
    dinner.cancel();
  };
  if (closing == 0ms) {
    close();
  } else {
    evening.loop.call_at(closing, ch06::named("close", close));
  }
  std::string how = "ends as if nothing had happened";
  try {
    evening.loop.run_until_complete(dinner);
  } catch (const ch06::CancelledError&) {
    how = "ends with CancelledError";
  } catch (const std::exception& error) {
    how = std::string("ends with another error: ") + error.what();
  }
  run.step("the loop runs for 3 s more");
  evening.loop.run_until_complete(ch06::sleep(3s));
  run.why(
      "while one step runs, no timer does: the one that cancels the dinner "
      "waits for two steps of each dish at most");
  run.see("was it cancelled too late",
          asked > closing + evening.dishes.size() * 60ms);
  int too_late = 0;
  for (const Kitchen::Entry& entry : evening.kitchen.diary()) {
    if (entry.began > asked + 100ms) ++too_late;
  }
  run.why(
      "who waits and is cancelled lets the CancelledError through: with "
      "another error in its place, or none, the caller cannot tell that the "
      "dinner was cancelled");
  run.see("the dinner", how);
  run.why(evening.dishes.size() > 1
              ? "each dish's task has to hear of the cancellation: gather() "
                "passes it on to all, and an await of one task to that one"
              : "a task hears of its cancellation where it waits: one that "
                "catches CancelledError there, and goes on, is not cancelled");
  run.see("pieces of work begun more than 100 ms later", too_late);
}

void closing_time(probe::Run& run) {
  Evening evening(run);
  evening.order();
  const nanoseconds chopping = evening.dishes[0].vegetables * 10ms;
  close_at(run, evening, chopping + run.milliseconds(20, 200));
  run.see("vegetables chopped", evening.count("chop"));

  run.step("another dinner, of two dishes");
  Evening two(run);
  two.order();
  two.order();
  close_at(run, two, run.milliseconds(5, 300));

  run.step("another dinner, of twelve dishes");
  Evening feast(run);
  for (int i = 0; i < 12; ++i) feast.order();
  close_at(run, feast, run.milliseconds(5, 300));

  run.step("another dinner, with the dish in the oven");
  Evening roasting(run);
  roasting.order();
  close_at(run, roasting, roasting.all_work() - 6ms + run.milliseconds(1, 90));
  run.why(
      "the CancelledError comes out of the wait for the oven, and ends the "
      "dish there: who catches it, or tastes in a destructor, begins new work "
      "for a dinner that is off");
  run.see("spoons tasted", roasting.count("taste"));

  run.why("a dinner that is cancelled before its first step begins no work");
  run.step("another dinner");
  Evening never(run);
  never.order();
  close_at(run, never, 0ms);
  run.see("vegetables chopped", never.count("chop"));
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"nothing_slow", nothing_slow},
                      {"heartbeat", heartbeat},
                      {"all_the_work", all_the_work},
                      {"closing_time", closing_time}});
}
