#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chapters/08_asyncio_debug/exercises/quiet_not_deaf.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Everything that is heard, with the time: all of it in order, and once more
// sorted by who says it.
struct Heard {
  void tea(const std::string& what) { say(of_tea, what); }
  void loop(const std::string& what) { say(of_loop, what); }
  void visitor(const std::string& what) { say(of_visitor, what); }

  const common::Clock& clock;
  std::vector<std::string> of_tea = {};
  std::vector<std::string> of_loop = {};
  std::vector<std::string> of_visitor = {};
  std::vector<std::string> all = {};

 private:
  void say(std::vector<std::string>& lines, const std::string& what) {
    const std::string line = probe::text(clock.now()) + ": " + what;
    lines.push_back(line);
    all.push_back(line);
  }
};

class Ears : public ch04::Handler {
 public:
  explicit Ears(Heard& heard) : heard_(heard) { set_level(ch04::INFO); }

 protected:
  void emit(const ch04::LogRecord& record) override {
    // The first line: the others name functions, as each compiler likes.
    const std::string text =
        ch04::get_level_name(record.level) + ": " +
        record.message.substr(0, record.message.find('\n'));
    record.name == "asyncio" ? heard_.loop(text)
                             : heard_.tea(record.name + ": " + text);
  }

 private:
  Heard& heard_;
};

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {
    ch04::get_logger().set_level(ch04::DEBUG);
    ch04::get_logger().add_handler(ears);
  }
  ~Bench() { ch04::get_logger().remove_handler(ears); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void take_order(nanoseconds boiling, int how_many, nanoseconds pouring) {
    kettle = boiling;
    pours.assign(static_cast<std::size_t>(how_many), pouring);
    run.step("an order: cups: {}, {} each; the kettle takes {}", how_many,
             probe::text(pouring), probe::text(kettle));
  }
  void take_order(nanoseconds boiling, std::vector<nanoseconds> each) {
    kettle = boiling;
    pours = std::move(each);
    run.step("an order: cups that take {}; the kettle takes {}",
             probe::text(pours), probe::text(kettle));
  }
  void take_order() {
    run.step("what counts as slow: {}", probe::text(exercises::kLimit));
    const auto boiling = run.milliseconds(60, 200);
    const int how_many = run.number(2, 4);
    take_order(boiling, how_many, run.milliseconds(6, 9));
  }
  // Nobody does anything to the loop.
  void make_tea() {
    std::string clocks = "(no visitor was let in)";
    make_tea([&](ch07::EventLoop& loop) {
      clocks = &loop.clock() == &clock ? "the given one" : "another one";
    });
    run.why("the loop is made with the clock that make_tea() was given");
    run.see("the clock of the loop", clocks);
  }
  void make_tea(const exercises::Visitor& visitor) {
    run.step("make_tea()");
    std::size_t poured = 0;
    const exercises::Order order{kettle, static_cast<int>(pours.size()),
                                 [this, &poured] {
                                   if (poured < pours.size())
                                     clock.advance(pours[poured++]);
                                   heard.tea("a cup is poured");
                                 }};
    exercises::make_tea(clock, order, visitor);
    for (const auto& record : records.records()) {
      warnings.push_back(std::string(record.category->name()) + ": " +
                         record.text);
    }
  }
  void see_tea() {
    run.why(
        "the cure makes the same tea: each line of the log at its time, each "
        "cup after its pour(), and no work left out");
    run.see_lines("the tea", heard.of_tea);
  }

  probe::Run& run;
  ch07::CatchWarnings records{ch07::Record::yes};
  common::VirtualClock clock;
  Heard heard{clock};
  std::vector<std::string> warnings;
  std::shared_ptr<Ears> ears = std::make_shared<Ears>(heard);
  nanoseconds kettle{0};
  std::vector<nanoseconds> pours;
};

void see_quiet(Bench& bench) {
  bench.see_tea();
  bench.run.why(
      "each step is shorter than the limit: to wait is for co_await sleep(), "
      "and between two cups a sleep of zero ends the step");
  bench.run.see_lines("reports of the loop", bench.heard.of_loop);
  bench.run.why("a loop that is closed in time warns of nothing");
  bench.run.see_lines("warnings", bench.warnings);
}

void quiet(probe::Run& run) {
  Bench bench(run);
  bench.take_order();
  bench.make_tea();
  see_quiet(bench);

  run.step("another order, as small as can be");
  Bench small(run);
  const auto boiling = run.milliseconds(0, 1);
  small.take_order(boiling, 1, exercises::kLimit - 1ns);
  small.make_tea();
  see_quiet(small);

  run.step("another order, of cups that differ");
  Bench unequal(run);
  const auto quick = run.milliseconds(1, 4);
  const auto slow = run.milliseconds(7, 9);
  unequal.take_order(boiling, {quick, slow, quick, quick, slow, slow});
  unequal.make_tea();
  see_quiet(unequal);
}

// Tasks of one line: compilers do not agree on where a longer coroutine is
// defined.
using Step = ch07::Coroutine<>;
Step work(Bench& at, nanoseconds time) { co_return at.clock.advance(time); }
Step idle(nanoseconds time) { co_await ch07::sleep(time); }

void hears_the_slow(probe::Run& run) {
  Bench bench(run);
  bench.take_order();
  const auto quick = run.name("quick");
  const auto slow = run.name("slow");
  const auto late = run.name("late");
  const auto task = run.name("task");
  const nanoseconds limit = exercises::kLimit;
  const nanoseconds delay = bench.kettle / 2;
  run.step("a visitor's callback {} works for {}", quick,
           probe::text(limit - 1ns));
  run.step("a visitor's callback {} works for {}", slow, probe::text(limit));
  run.step("after {} a visitor's callback {} works for {}", probe::text(delay),
           late, probe::text(2 * limit));
  run.step("a visitor's task {} works for {}", task, probe::text(limit + 1ns));
  int visits = 0;
  std::string modes;
  bool is_ours = false;
  std::size_t tasks = 0;
  bench.make_tea([&](ch07::EventLoop& loop) {
    ++visits;
    modes = std::string("debug mode ") + (loop.debug() ? "on" : "off") +
            ", limit " + probe::text(loop.slow_callback_duration);
    is_ours = &loop.clock() == &bench.clock;
    tasks = loop.all_tasks().size();
    const auto busy = [&bench](const std::string& name, nanoseconds duration) {
      const auto callback = [&bench, name, duration] {
        bench.heard.visitor("the visitor's " + name);
        bench.clock.advance(duration);
      };
      return ch07::named(name, callback);
    };
    loop.call_soon(busy(quick, limit - 1ns));
    loop.call_soon(busy(slow, limit));
    loop.call_later(delay, busy(late, 2 * limit));
    auto step = work(bench, limit + 1ns);
    const auto held = loop.create_task(std::move(step), task);
  });
  run.why(
      "a visitor comes in once, to a loop that listens already: debug mode is "
      "on and the limit is kLimit, or faults of others would not be heard");
  run.see("visits", visits);
  run.see("the loop during the visit", modes);
  run.why("the loop is made with the clock that make_tea() was given");
  run.see("has the loop the clock that it was given", is_ours);
  run.why("a visitor comes in before anything of the tea is scheduled");
  run.see("tasks before the visit", tasks);
  run.why(
      "the loop listens from the visit to the end: a limit that is raised, or "
      "debug mode that is turned off again, hides every slow callback, not "
      "only yours");
  run.see_lines("reports of the loop", bench.heard.of_loop);
  bench.see_tea();
  run.why("visitors come in before the tea is scheduled, so they come first");
  run.see_lines("what is heard", bench.heard.all);
}

void hears_what_is_left(probe::Run& run) {
  Bench bench(run);
  bench.take_order();
  const auto timer = run.name("timer");
  const auto task = run.name("task");
  const auto careless = run.name("resource");
  const int hours = run.number(1, 9);
  run.step("a visitor leaves a timer, twice: {}, in {} h", timer, hours);
  run.step("a visitor leaves a task that sleeps: {}", task);
  run.step("a visitor warns of a resource, twice: {}", careless);
  bench.make_tea([&](ch07::EventLoop& loop) {
    for (int i = 0; i < 2; ++i) {
      ch07::warn(careless, ch07::ResourceWarning);
      loop.call_later(std::chrono::hours(hours), ch07::named(timer, [] {}));
    }
    auto sleeper = idle(std::chrono::hours(hours));
    const auto held = loop.create_task(std::move(sleeper), task);
  });
  std::vector<std::string> about_timers;
  for (const std::string& line : bench.warnings) {
    if (line.find(timer) != std::string::npos) about_timers.push_back(line);
  }
  run.why(
      "what a visitor leaves in the loop is heard of when the loop is closed: "
      "not if a filter hides it with your own warning, and not if you tidy up "
      "the whole loop before");
  run.see("is there a warning about the timers", !about_timers.empty());
  run.why(
      "resource warnings are shown always, from the visit on: each of two that "
      "are the same, by text and line, is heard");
  run.see_lines("warnings about timers", about_timers);
  run.why(
      "a visitor's task that still waits is destroyed with the loop, which "
      "says so: cancel your own tasks, and not all that the loop has");
  run.see_lines("reports of the loop", bench.heard.of_loop);
  run.why(
      "a warning is heard of each thing that is left and of each one that a "
      "visitor gives: leave the filters and the visitor's tasks alone");
  run.see_lines("warnings", bench.warnings);
  bench.see_tea();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"quiet", quiet},
                      {"hears_the_slow", hears_the_slow},
                      {"hears_what_is_left", hears_what_is_left}});
}
