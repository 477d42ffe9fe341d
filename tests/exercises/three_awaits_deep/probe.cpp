#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chapters/08_asyncio_debug/exercises/three_awaits_deep.hpp"
#include "tests/exercises/coarse_clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Coffee;
using exercises::Scale;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Hears what the loop has to say.
class Ears : public ch04::Handler {
 public:
  explicit Ears(std::vector<std::string>& lines) : lines_(lines) {
    set_level(ch04::WARNING);
  }

 protected:
  void emit(const ch04::LogRecord& record) override {
    lines_.push_back(record.message);
  }

 private:
  std::vector<std::string>& lines_;
};

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {
    ch04::get_logger().add_handler(ears);
    loop.set_debug(true);
    loop.slow_callback_duration = 1us;
    run.step(
        "a loop in debug mode, the limit is {}: its clock goes on only "
        "while something sleeps or blocks",
        probe::text(loop.slow_callback_duration));
  }
  ~Bench() {
    loop.close();
    ch04::get_logger().remove_handler(ears);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Coffee order() {
    const auto guest = run.name("guest");
    const int grams = run.number(14, 22);
    const auto grinding = run.milliseconds(20, 60);
    const auto brewing = run.milliseconds(100, 300);
    run.step("coffee for {}: {} g, grinding {}, brewing {}", guest, grams,
             probe::text(grinding), probe::text(brewing));
    return {guest, grams, grinding, brewing};
  }
  Scale& scale() {
    const auto long_enough = run.microseconds(120'000, 400'000);
    return scale(long_enough, run.number(1, 5));
  }
  Scale& scale(nanoseconds swings, int fall_off) {
    swing = swings;
    run.step("its scale swings for {}; {} g {} off", probe::text(swing),
             fall_off, fall_off == 1 ? "falls" : "fall");
    scales.push_back(std::make_unique<Scale>(clock, swing, fall_off));
    return *scales.back();
  }

  probe::Run& run;
  probe::CoarseClock clock;
  std::vector<std::string> heard;
  std::shared_ptr<Ears> ears = std::make_shared<Ears>(heard);
  ch07::EventLoop loop{clock};
  std::vector<std::unique_ptr<Scale>> scales;
  nanoseconds swing{0};
};

ch07::Coroutine<> heartbeat(common::Clock& clock, milliseconds period,
                            nanoseconds& latest) {
  for (;;) {
    const auto due = clock.now() + period;
    co_await ch07::sleep(period);
    latest = std::max(latest, clock.now() - due);
  }
}

struct Made {
  std::string coffee;
  nanoseconds ready;
};

// The coffee is a task of its own, with the guest's name.
ch07::Coroutine<Made> made(Bench& bench, Scale& scale, Coffee coffee) {
  auto making = exercises::make_coffee(scale, coffee);
  const auto task = bench.loop.create_task(std::move(making), coffee.guest);
  const std::string result = co_await task;
  co_return Made{result, bench.clock.now()};
}

void see(Bench& bench, const Made& made) {
  bench.run.why(
      "the weight is what the scale shows when its needle is still: not what "
      "was "
      "put on, nor where the needle points while it swings");
  bench.run.see("the coffee", made.coffee);
  bench.run.why(
      "grinding, the scale and brewing take their time one after the other, "
      "and no longer: sleep for as long as the needle swings, and once");
  bench.run.see("ready at", made.ready);
}

ch07::Coroutine<> one_coffee(Bench& bench, Scale& scale, Coffee coffee) {
  const Made result = co_await made(bench, scale, std::move(coffee));
  see(bench, result);
}

ch07::Coroutine<Made> beside_a_heartbeat(Bench& bench, Scale& scale,
                                         Coffee coffee, milliseconds period,
                                         nanoseconds& latest) {
  const auto heart =
      bench.loop.create_task(heartbeat(bench.clock, period, latest), "heart");
  Made result = co_await made(bench, scale, std::move(coffee));
  heart.cancel();
  try {
    co_await heart;
  } catch (const ch07::CancelledError&) {
  }
  co_return result;
}

// What lies on a scale at this moment, as a timer sees it.
void look_at(Bench& bench, const Scale& scale, nanoseconds when,
             std::string& there) {
  const auto look = [&scale, &there] {
    there = scale.needle() == 0 ? "nothing" : "something";
  };
  bench.loop.call_later(when, ch07::named("look", look));
}

void others_go_on(probe::Run& run) {
  Bench bench(run);
  const Coffee coffee = bench.order();
  Scale& scale = bench.scale();
  const auto period = run.milliseconds(5, 15);
  run.step("beside it a heartbeat, every {}", probe::text(period));
  std::string while_grinding;
  std::string while_weighing;
  look_at(bench, scale, coffee.grinding / 2, while_grinding);
  look_at(bench, scale, coffee.grinding + bench.swing / 2, while_weighing);
  nanoseconds latest = 0ns;
  const Made result = bench.loop.run_until_complete(
      beside_a_heartbeat(bench, scale, coffee, period, latest));
  run.see_lines("reports of the loop", bench.heard);
  run.see("the latest heartbeat was late by", latest);
  run.why("the beans are put on the scale when they are ground, not before");
  run.see("on the scale while they are ground", while_grinding);
  run.why(
      "grinding, weighing, brewing, in this order: as soon as the beans are "
      "ground they lie on the scale, and nothing is brewed before their weight "
      "is known");
  run.see("on the scale while they are weighed", while_weighing);
  see(bench, result);
  run.why("the scale is empty when the coffee is ready");
  run.see("how much is left on it", scale.needle());

  Bench quick(run);
  const auto guest = run.name("guest");
  const Coffee instant{guest, run.number(14, 22), 0ms, 0ms};
  run.step("coffee for {}: {} g, grinding and brewing take no time", guest,
           instant.grams);
  Scale& nervous = quick.scale(run.nanoseconds(1, 999), 0);
  quick.loop.run_until_complete(one_coffee(quick, nervous, instant));
  run.why("the scale is empty when the coffee is ready");
  run.see("how much is left on it", nervous.needle());

  Bench coarse(run);
  coarse.clock.step = 20ms;
  coarse.loop.slow_callback_duration = 1s;
  const auto hasty = run.word();
  const Coffee early{hasty, run.number(14, 22), 0ms, 0ms};
  run.step(
      "coffee for {}: {} g, grinding and brewing take no time; the clock's "
      "resolution is 20 ms, and another timer comes 15 ms before the needle is "
      "still",
      hasty, early.grams);
  Scale& heavy = coarse.scale(35ms, 0);
  coarse.loop.call_later(20ms, ch07::named("other", [] {}));
  run.why(
      "a sleep may end a little early, by the clock's resolution: the needle "
      "decides, and not the sleep");
  run.see("the coffee",
          coarse.loop.run_until_complete(exercises::make_coffee(heavy, early)));
}

void all_at_once(probe::Run& run) {
  Bench bench(run);
  std::vector<ch07::Task<>> tasks;
  const int coffees = run.number(2, 4);
  for (int i = 0; i < coffees; ++i) {
    const Coffee coffee = bench.order();
    Scale& scale = bench.scale();
    tasks.push_back(bench.loop.create_task(one_coffee(bench, scale, coffee)));
  }
  run.step("all of them at once");
  for (const auto& task : tasks) bench.loop.run_until_complete<void>(task);
  run.why(
      "what waits can wait side by side, so several coffees take as long as "
      "the slowest");
  run.see("all are ready at", bench.clock.now());
}

// Cancelled after a while, when the coffee is in one of its three phases.
void leave_after(Bench& bench, Scale& scale, const Coffee& coffee,
                 nanoseconds patience) {
  probe::Run& run = bench.run;
  run.step("{} leaves after {}: the coffee is cancelled", coffee.guest,
           probe::text(patience));
  const auto task = bench.loop.create_task(
      exercises::make_coffee(scale, coffee), coffee.guest);
  const auto cancel = [&task] { task.cancel(); };
  bench.loop.call_later(patience, ch07::named("leave", cancel));
  std::string result;
  try {
    result = bench.loop.run_until_complete(task);
  } catch (const ch07::CancelledError&) {
    result = "CancelledError";
  }
  run.why(
      "a coffee that is cancelled ends at once, with the CancelledError: who "
      "catches it throws it again");
  run.see("the coffee", result);
  run.see("it ends at", bench.clock.now());
  run.why("nothing of it goes on when it has ended");
  run.see("tasks that go on", bench.loop.all_tasks().size());
  bench.loop.run_until_complete(ch07::sleep(1s));
  run.why(
      "each co_await is a place where it may be cancelled, and what "
      "follows it is skipped then: the beans need a destructor, or a catch");
  run.see("how much is left on the scale", scale.needle());
}

void a_guest_leaves(probe::Run& run) {
  Bench bench(run);
  const Coffee first = bench.order();
  Scale& scale = bench.scale();
  leave_after(bench, scale, first, first.grinding + bench.swing / 2);
  run.step("the next guest, with the same scale");
  const Coffee second = bench.order();
  bench.loop.run_until_complete(one_coffee(bench, scale, second));

  run.step("more guests, who leave earlier and later");
  leave_after(bench, scale, second, second.grinding / 2);
  leave_after(bench, scale, second,
              second.grinding + bench.swing + second.brewing / 2);
  run.step("a guest leaves before the coffee is begun");
  leave_after(bench, scale, second, 0ns);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"others_go_on", others_go_on},
                      {"all_at_once", all_at_once},
                      {"a_guest_leaves", a_guest_leaves}});
}
