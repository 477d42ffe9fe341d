#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chapters/08_asyncio_debug/exercises/three_awaits_deep.hpp"
#include "common/clock.hpp"
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
    run.step("a loop in debug mode, the limit is {}",
             probe::text(loop.slow_callback_duration));
  }
  ~Bench() {
    loop.close();
    ch04::get_logger().remove_handler(ears);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Coffee order() {
    const auto guest = run.word();
    const int grams = run.number(14, 22);
    const auto grinding = run.milliseconds(20, 60);
    const auto brewing = run.milliseconds(100, 300);
    run.step("coffee for {}: {} g, grinding {}, brewing {}", guest, grams,
             probe::text(grinding), probe::text(brewing));
    return {guest, grams, grinding, brewing};
  }
  Scale& scale() {
    swing = run.milliseconds(120, 400);
    const int fall_off = run.number(1, 5);
    run.step("its scale swings for {}; {} g fall off", probe::text(swing),
             fall_off);
    scales.push_back(std::make_unique<Scale>(clock, swing, fall_off));
    return *scales.back();
  }

  probe::Run& run;
  common::VirtualClock clock;
  std::vector<std::string> heard;
  std::shared_ptr<Ears> ears = std::make_shared<Ears>(heard);
  ch07::EventLoop loop{clock};
  std::vector<std::unique_ptr<Scale>> scales;
  milliseconds swing{0};
};

ch07::Coroutine<> heartbeat(common::Clock& clock, milliseconds period,
                            nanoseconds& latest) {
  for (;;) {
    const auto due = clock.now() + period;
    co_await ch07::sleep(period);
    latest = std::max(latest, clock.now() - due);
  }
}

// The coffee is a task of its own, with the guest's name.
ch07::Coroutine<> one_coffee(Bench& bench, Scale& scale, Coffee coffee) {
  auto making = exercises::make_coffee(scale, coffee);
  const auto task = bench.loop.create_task(std::move(making), coffee.guest);
  const std::string result = co_await task;
  bench.run.see("the coffee", result);
  bench.run.see("ready at", bench.clock.now());
}

ch07::Coroutine<> beside_a_heartbeat(Bench& bench, Scale& scale, Coffee coffee,
                                     milliseconds period) {
  nanoseconds latest = 0ns;
  const auto heart =
      bench.loop.create_task(heartbeat(bench.clock, period, latest), "heart");
  co_await one_coffee(bench, scale, std::move(coffee));
  heart.cancel();
  try {
    co_await heart;
  } catch (const ch07::CancelledError&) {
  }
  bench.run.see_lines("reports of the loop", bench.heard);
  bench.run.see("the latest heartbeat was late by", latest);
}

void nobody_is_held_up(probe::Run& run) {
  Bench bench(run);
  const Coffee coffee = bench.order();
  Scale& scale = bench.scale();
  const auto period = run.milliseconds(5, 15);
  run.step("beside it a heartbeat, every {}", probe::text(period));
  bench.loop.run_until_complete(
      beside_a_heartbeat(bench, scale, coffee, period));
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
}

ch07::Coroutine<> with_patience(Bench& bench, Scale& scale, Coffee coffee,
                                milliseconds patience) {
  std::string result = "the guest has left";
  try {
    result = co_await ch07::wait_for(
        exercises::make_coffee(scale, std::move(coffee)), patience);
  } catch (const ch07::TimeoutError&) {
  }
  bench.run.see("the coffee", result);
  bench.run.see("the guest waited until", bench.clock.now());
}

void a_guest_leaves(probe::Run& run) {
  Bench bench(run);
  const Coffee first = bench.order();
  Scale& scale = bench.scale();
  const auto patience = first.grinding + bench.swing / 2;
  run.step("{} waits for {}, while the beans are on the scale", first.guest,
           probe::text(patience));
  bench.loop.run_until_complete(with_patience(bench, scale, first, patience));
  run.step("the next guest, with the same scale");
  const Coffee second = bench.order();
  bench.loop.run_until_complete(one_coffee(bench, scale, second));
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"nobody_is_held_up", nobody_is_held_up},
                      {"all_at_once", all_at_once},
                      {"a_guest_leaves", a_guest_leaves}});
}
