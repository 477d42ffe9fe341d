#include <memory>
#include <string>
#include <vector>

#include "chapters/08_asyncio_debug/exercises/quiet_not_deaf.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Hears what is logged, with the time.
class Ears : public ch04::Handler {
 public:
  Ears(const common::Clock& clock, std::vector<std::string>& lines)
      : clock_(clock), lines_(lines) {
    set_level(ch04::INFO);
  }
  void hear(const std::string& what) {
    lines_.push_back(probe::text(clock_.now()) + ": " + what);
  }

 protected:
  void emit(const ch04::LogRecord& record) override {
    hear(ch04::get_level_name(record.level) + ": " + record.message);
  }

 private:
  const common::Clock& clock_;
  std::vector<std::string>& lines_;
};

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {
    ch04::get_logger().set_level(ch04::DEBUG);
    ch04::get_logger().add_handler(ears);
  }
  ~Bench() { ch04::get_logger().remove_handler(ears); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void take_order() {
    kettle = run.milliseconds(60, 200);
    cups = run.number(2, 4);
    pour = run.milliseconds(6, 9);
    run.step("an order: {} cups, {} each; the kettle takes {}", cups,
             probe::text(pour), probe::text(kettle));
    run.step("what counts as slow: {}", probe::text(exercises::kLimit));
  }
  void make_tea(const exercises::Visitor& visitor) {
    run.step("make_tea()");
    const exercises::Order order{kettle, cups, [this] {
                                   clock.advance(pour);
                                   ears->hear("a cup is poured");
                                 }};
    exercises::make_tea(clock, order, visitor);
    for (const auto& record : records.records()) {
      ears->hear(std::string(record.category->name()) + ": " + record.text);
    }
    run.see_lines("what is heard", heard);
  }

  probe::Run& run;
  ch07::CatchWarnings records{ch07::Record::yes};
  common::VirtualClock clock;
  std::vector<std::string> heard;
  std::shared_ptr<Ears> ears = std::make_shared<Ears>(clock, heard);
  nanoseconds kettle{0};
  nanoseconds pour{0};
  int cups = 0;
};

void quiet(probe::Run& run) {
  Bench bench(run);
  bench.take_order();
  bench.make_tea([](ch07::EventLoop&) {});
}

void hears_the_slow(probe::Run& run) {
  Bench bench(run);
  bench.take_order();
  const auto quick = run.word();
  const auto slow = run.word();
  const auto late = run.word();
  const nanoseconds delay = bench.kettle / 2;
  run.step("a visitor's callback {} works for {}", quick,
           probe::text(exercises::kLimit - 1ns));
  run.step("a visitor's callback {} works for {}", slow,
           probe::text(exercises::kLimit));
  run.step("after {} a visitor's callback {} works for {}", probe::text(delay),
           late, probe::text(2 * exercises::kLimit));
  bench.make_tea([&](ch07::EventLoop& loop) {
    const auto work = [&bench](nanoseconds duration) {
      return [&bench, duration] { bench.clock.advance(duration); };
    };
    loop.call_soon(ch07::named(quick, work(exercises::kLimit - 1ns)));
    loop.call_soon(ch07::named(slow, work(exercises::kLimit)));
    loop.call_later(delay, ch07::named(late, work(2 * exercises::kLimit)));
  });
}

void hears_what_is_left(probe::Run& run) {
  Bench bench(run);
  bench.take_order();
  const auto timer = run.word();
  const int hours = run.number(1, 9);
  run.step("a visitor leaves a timer: {}, in {} h", timer, hours);
  bench.make_tea([&](ch07::EventLoop& loop) {
    loop.call_later(std::chrono::hours(hours), ch07::named(timer, [] {}));
  });
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"quiet", quiet},
                      {"hears_the_slow", hears_the_slow},
                      {"hears_what_is_left", hears_what_is_left}});
}
