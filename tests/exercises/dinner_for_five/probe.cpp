#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "chapters/12_wait_graph/exercises/dinner_for_five.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Table;
using namespace std::chrono_literals;

// Keeps what the loop reports.
struct Reports final : ch12::Handler {
  Reports() { set_formatter(ch12::Formatter("%(message)s")); }
  void emit(const ch12::LogRecord& record) override {
    std::string text = format(record);
    for (std::size_t end = 0; end != std::string::npos;) {
      text.erase(0, text.find_first_not_of(' '));
      end = text.find('\n');
      lines.push_back(text.substr(0, end));
      text.erase(0, end == std::string::npos ? end : end + 1);
    }
  }
  std::vector<std::string> lines;
};

struct Dinner {
  Dinner(probe::Run& where, std::size_t count)
      : run(where), seats(count), table(loop, count) {
    ch12::get_logger().add_handler(reports);
    loop.set_debug(true);
    loop.throw_on_deadlock = true;
    run.step("a table with {} seats", count);
  }
  Dinner(const Dinner&) = delete;
  Dinner& operator=(const Dinner&) = delete;
  ~Dinner() {
    ch12::get_logger().remove_handler(reports);
    // What still waits puts its forks back while there is a loop.
    for (const auto& task : loop.all_tasks()) task->cancel();
    for (int i = 0; i < 5; ++i) {
      loop.stop();
      loop.run_forever();
    }
    for (const auto& task : tasks) task.set_log_destroy_pending(false);
    loop.close();
  }

  void sit_down(std::size_t seat, int meals) {
    tasks.push_back(loop.create_task(exercises::dine(table, seat, meals),
                                     "seat-" + std::to_string(seat)));
  }
  // Runs until all have eaten or the loop gives up.
  void eat() {
    try {
      for (const auto& task : tasks) {
        if (!task.done()) loop.run_until_complete(ch12::gather_outcomes(task));
      }
    } catch (const ch12::Deadlock&) {
      deadlock = true;
    }
    // A circle is what matters, and only the first lines are shown.
    std::vector<std::string> lines;
    for (const bool circle : {true, false}) {
      for (const std::string& line : reports->lines) {
        const bool has_circle = line.find("a circle") != std::string::npos;
        if (has_circle == circle) lines.push_back(line);
      }
    }
    run.see_lines("the log", lines);
    reports->lines.clear();
  }
  void see_meals() {
    std::vector<int> meals;
    for (std::size_t seat = 0; seat < seats; ++seat) {
      meals.push_back(table.meals(seat));
    }
    run.see("meals of each seat", meals);
  }
  void see_forks() {
    int taken = 0;
    for (std::size_t fork = 0; fork < seats; ++fork) {
      if (table.taken(fork)) ++taken;
    }
    run.see("forks that are still taken", taken);
  }

  const ch12::CatchWarnings quiet{ch12::Record::yes};
  probe::Run& run;
  const std::size_t seats;
  common::VirtualClock clock;
  ch12::EventLoop loop{clock};
  Table table;
  std::shared_ptr<Reports> reports = std::make_shared<Reports>();
  std::vector<ch12::Task<>> tasks;
  bool deadlock = false;
};

void no_circle(probe::Run& run) {
  for (const int seats : {5, 2, run.number(6, 12)}) {
    Dinner dinner(run, static_cast<std::size_t>(seats));
    const int meals = run.number(2, 4);
    std::vector<std::size_t> order;
    for (std::size_t seat = 0; seat < dinner.seats; ++seat) {
      order.push_back(seat);
    }
    run.shuffle(order);
    run.step("all come at the same time, for {} meals each", meals);
    for (const std::size_t seat : order) dinner.sit_down(seat, meals);
    dinner.eat();
    dinner.see_meals();
    dinner.see_forks();
    if (dinner.deadlock) return;
  }
}

void side_by_side(probe::Run& run) {
  const int half = run.number(3, 6);
  Dinner dinner(run, static_cast<std::size_t>(2 * half));
  const int meals = run.number(2, 5);
  const auto odd = static_cast<std::size_t>(run.number(0, 1));
  run.step(
      "every second seat is taken, the first one is seat {}; {} meals each",
      odd, meals);
  for (std::size_t seat = odd; seat < dinner.seats; seat += 2) {
    dinner.sit_down(seat, meals);
  }
  dinner.eat();
  run.see("it took", dinner.loop.time());
  dinner.see_meals();
}

// Looks at both forks of a seat in each turn of the loop, at the moments when a
// meal ends: take() lets a turn go by, so a fork that was put back is seen.
class Watcher : public std::enable_shared_from_this<Watcher> {
 public:
  Watcher(Dinner& dinner, std::size_t seat)
      : dinner_(dinner),
        forks_{dinner.table.left(seat), dinner.table.right(seat)} {}

  void watch(int meals) {
    for (int meal = 1; meal < meals; ++meal) {
      dinner_.loop.call_later(meal * 10ms, [self = shared_from_this()] {
        self->seen_ = {false, false};
        self->look(20);
      });
    }
  }
  std::vector<int> times() const { return {times_[0], times_[1]}; }

 private:
  void look(int turns) {
    for (std::size_t i = 0; i < forks_.size(); ++i) {
      if (seen_[i] || dinner_.table.taken(forks_[i])) continue;
      seen_[i] = true;
      ++times_[i];
    }
    if (turns == 0) return;
    dinner_.loop.call_soon(
        [self = shared_from_this(), turns] { self->look(turns - 1); });
  }

  Dinner& dinner_;
  std::array<std::size_t, 2> forks_;
  std::array<bool, 2> seen_ = {};
  std::array<int, 2> times_ = {};
};

void between_meals(probe::Run& run) {
  run.why(
      "both forks are put back after each meal, and taken again for the next "
      "one: a neighbour might want one of them in between");
  Dinner dinner(run, static_cast<std::size_t>(run.number(2, 7)));
  const auto seat = static_cast<std::size_t>(
      run.number(0, static_cast<int>(dinner.seats) - 1));
  const int meals = run.number(3, 6);
  run.step("seat {} comes, for {} meals", seat, meals);
  const auto watcher = std::make_shared<Watcher>(dinner, seat);
  watcher->watch(meals);
  dinner.sit_down(seat, meals);
  dinner.eat();
  run.see("how often its left and its right fork were free between two meals",
          watcher->times());
  dinner.see_forks();
}

void cancelled(probe::Run& run) {
  Dinner dinner(run, 5);
  const auto seat = static_cast<std::size_t>(run.number(0, 4));
  run.step(
      "seat {} comes for 9 meals, and is cancelled at 15 ms, while it eats",
      seat);
  dinner.sit_down(seat, 9);
  dinner.loop.call_later(15ms, [&] { dinner.tasks[0].cancel(); });
  dinner.eat();
  run.see("it ended with CancelledError", dinner.tasks[0].cancelled());
  dinner.see_forks();
  for (const auto neighbour : {(seat + 1) % 5, (seat + 4) % 5}) {
    run.step(
        "seat {} eats; seat {} comes 5 ms later, waits, and is cancelled at 8 "
        "ms; then it is quiet",
        neighbour, seat);
    dinner.tasks.clear();
    dinner.sit_down(neighbour, 1);
    dinner.loop.call_later(5ms, [&] { dinner.sit_down(seat, 1); });
    dinner.loop.call_later(8ms, [&] { dinner.tasks.at(1).cancel(); });
    dinner.loop.run_until_complete(ch12::sleep(30ms));
    run.see("both have ended",
            dinner.tasks.at(0).done() && dinner.tasks.at(1).done());
    dinner.see_forks();
  }
  run.step("all five come for one meal");
  dinner.tasks.clear();
  for (std::size_t each = 0; each < 5; ++each) dinner.sit_down(each, 1);
  dinner.eat();
  dinner.see_meals();
  run.why("a fork is needed by two neighbours, and is nobody else's business");
  side_by_side(run);
  between_meals(run);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"no_circle", no_circle}, {"cancelled", cancelled}});
}
