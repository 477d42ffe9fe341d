// Chapter 6: the stopwatch. Tests named after a case (w01) compare with the
// output of CPython, on a virtual clock.

#include <unistd.h>

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/place.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;
using std::chrono::nanoseconds;

namespace {

// A loop of this chapter or of a later one.
using Maker = loops::Maker<ch06::EventLoop>;
std::vector<Maker> makers() { return loops::from<ch06::EventLoop>(); }

struct Bench {
  explicit Bench(const Maker& maker, bool debug = true)
      : owner(maker.make(clock)), loop(*owner) {
    loop.set_debug(debug);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() { loop.close(); }

  void run_once() {
    loop.stop();
    loop.run_forever();
  }
  // The log for one callback that takes this long.
  Lines lines_of(nanoseconds duration) {
    log.clear();
    loop.call_soon([this, duration] { clock.advance(duration); });
    run_once();
    return lines();
  }
  Lines lines() const { return log.lines(); }

  LogLines log{ch04::WARNING, {"Executing "}};
  common::VirtualClock clock;
  const std::unique_ptr<ch06::EventLoop> owner;
  ch06::EventLoop& loop;
};

// The text after the last "took".
std::string took(const Lines& lines) {
  if (lines.empty()) return "";
  return lines.back().substr(lines.back().rfind("took "));
}

ch06::Coroutine<std::string> finishes(common::VirtualClock& clock) {
  clock.advance(500ms);
  co_return "value";
}
ch06::Coroutine<> suspends(common::VirtualClock& clock, ch06::Future<> future) {
  clock.advance(250ms);
  co_await future;
  clock.advance(750ms);
}
ch06::Coroutine<> yields(common::VirtualClock& clock) {
  clock.advance(125ms);
  co_await ch06::sleep(0s);
}
ch06::Coroutine<> fails(common::VirtualClock& clock) {
  clock.advance(2s);
  throw std::runtime_error("late");
  co_return;
}

}  // namespace

TEST_CASE("w01 a slow callback: equal counts as slow") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  CHECK(bench.loop.slow_callback_duration == 100ms);
  const auto work = [&] { bench.clock.advance(250ms); };
  const std::string place = here(1);
  bench.loop.call_soon(ch06::named("work", work));
  bench.run_once();
  CHECK(bench.lines() ==
        Lines{"WARNING: Executing <Handle work() at " + place + " created at " +
              place + "> took 0.250 seconds"});
  CHECK(took(bench.lines_of(1s)) == "took 1.000 seconds");
  CHECK(took(bench.lines_of(1234500ms)) == "took 1234.500 seconds");
  CHECK(took(bench.lines_of(100ms)) == "took 0.100 seconds");
  CHECK(bench.lines_of(nanoseconds(99'999'900)).empty());
  // w02: at a clock of 100 s Python's doubles miss this one; our time is in
  // whole nanoseconds.
  bench.clock.advance(100s);
  CHECK(took(bench.lines_of(100ms)) == "took 0.100 seconds");
}

TEST_CASE("w01.off without debug mode nothing is reported") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker, false);
  CHECK(bench.lines_of(1h).empty());
}

TEST_CASE("w03 three decimals, always seconds") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  bench.loop.slow_callback_duration = 0ns;
  const auto text = [&](std::int64_t microseconds_tenths) {
    return took(bench.lines_of(nanoseconds(100 * microseconds_tenths)));
  };
  CHECK(text(0) == "took 0.000 seconds");
  CHECK(text(4'999) == "took 0.000 seconds");
  CHECK(text(5'000) == "took 0.001 seconds");
  CHECK(text(15'000) == "took 0.002 seconds");
  CHECK(text(25'000) == "took 0.003 seconds");
  CHECK(text(9'995'000) == "took 1.000 seconds");
  CHECK(text(9'994'900) == "took 0.999 seconds");
  CHECK(text(599'999'000) == "took 60.000 seconds");
  CHECK(text(10'000'000'000'000) == "took 1000000.000 seconds");
}

TEST_CASE("w04 a slow step shows the task, as it is after it") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  auto& loop = bench.loop;
  const auto future = loop.create_future();
  const std::string future_place = here(-1);
  std::vector<std::string> places;
  for (int i = 0; i < 4; ++i) places.push_back(here(1 + i));
  const auto a = loop.create_task(finishes(bench.clock), "A");
  const auto b = loop.create_task(suspends(bench.clock, future), "B");
  const auto c = loop.create_task(yields(bench.clock), "C");
  const auto d = loop.create_task(fails(bench.clock), "D");
  bench.run_once();
  const Lines lines = bench.lines();
  REQUIRE(lines.size() == 4);
  const std::string executing = "WARNING: Executing <Task ";
  CHECK_THAT(lines[0],
             StartsWith(executing + "finished name='A' coro=<finishes() done, "
                                    "defined at 06_slow_callback_test.cpp:"));
  CHECK(lines[0].substr(lines[0].find("> result")) ==
        "> result='value' created at " + places[0] + "> took 0.500 seconds");
  CHECK_THAT(lines[1],
             StartsWith(executing + "pending name='B' coro=<suspends() running "
                                    "at 06_slow_callback_test.cpp:"));
  CHECK(lines[1].substr(lines[1].find("> wait_for")) ==
        "> wait_for=<Future pending cb=[Task.task_wakeup()] created at " +
            future_place + "> created at " + places[1] +
            "> took 0.250 seconds");
  CHECK(lines[2].substr(lines[2].find("> created")) ==
        "> created at " + places[2] + "> took 0.125 seconds");
  CHECK(lines[3].substr(lines[3].find("> exception")) ==
        "> exception=std::runtime_error('late') created at " + places[3] +
            "> took 2.000 seconds");
  CHECK(d.exception() != nullptr);

  bench.log.clear();
  future.set_result();
  bench.run_once();
  REQUIRE(bench.lines().size() == 1);
  CHECK_THAT(bench.lines()[0], StartsWith(executing + "finished name='B'"));
  CHECK(took(bench.lines()) == "took 0.750 seconds");
}

TEST_CASE("w06 a slow timer") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  bench.clock.advance(16s);
  const auto work = [&bench](nanoseconds duration) {
    return ch06::named("work",
                       [&bench, duration] { bench.clock.advance(duration); });
  };
  bench.loop.call_at(15500ms, work(500ms));
  bench.loop.call_later(0s, work(1s));
  bench.loop.call_later(-250ms, work(2s));
  bench.run_once();
  const Lines lines = bench.lines();
  REQUIRE(lines.size() == 3);
  const std::string executing = "WARNING: Executing <TimerHandle when=";
  CHECK_THAT(lines[0], StartsWith(executing + "15.5 work() at "));
  CHECK_THAT(lines[1], StartsWith(executing + "15.75 work() at "));
  CHECK_THAT(lines[2], StartsWith(executing + "16.0 work() at "));
  CHECK(took({lines[1]}) == "took 2.000 seconds");
}

TEST_CASE("w07 a handle that cancels itself is shown frozen") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  ch06::Ref<ch06::Handle> handle;
  const auto work = [&] {
    bench.clock.advance(1s);
    handle->cancel();
  };
  const std::string place = here(1);
  handle = bench.loop.call_soon(ch06::named("work", work));
  bench.run_once();
  CHECK(bench.lines() ==
        Lines{"WARNING: Executing <Handle cancelled work() at " + place +
              " created at " + place + "> took 1.000 seconds"});
}

TEST_CASE("w09 the exception is reported first") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  bench.loop.call_soon([&] {
    bench.clock.advance(500ms);
    throw std::runtime_error("v");
  });
  bench.run_once();
  REQUIRE(bench.lines().size() == 2);
  CHECK_THAT(bench.lines()[0], StartsWith("ERROR: Exception in callback"));
  CHECK_THAT(bench.lines()[1], StartsWith("WARNING: Executing <Handle"));
}

TEST_CASE("w12 the flag is read before each handle") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  SECTION("switched on inside: this one is not reported") {
    Bench bench(maker, false);
    bench.loop.call_soon([&] {
      bench.loop.set_debug(true);
      bench.clock.advance(1s);
    });
    bench.loop.call_soon([&] { bench.clock.advance(2s); });
    bench.run_once();
    CHECK(bench.lines().size() == 1);
    CHECK(took(bench.lines()) == "took 2.000 seconds");
  }
  SECTION("switched off inside: reported, without details") {
    Bench bench(maker);
    const auto off = [&] {
      bench.clock.advance(1s);
      bench.loop.set_debug(false);
    };
    const std::string place = here(1);
    bench.loop.call_soon(ch06::named("off", off));
    bench.loop.call_soon([&] { bench.clock.advance(2s); });
    bench.run_once();
    CHECK(bench.lines() == Lines{"WARNING: Executing <Handle off() at " +
                                 place + "> took 1.000 seconds"});
  }
  SECTION("off for one callback: the next is not charged with it") {
    Bench bench(maker);
    bench.loop.call_soon([&] { bench.loop.set_debug(false); });
    bench.loop.call_soon([&] {
      bench.clock.advance(2s);
      bench.loop.set_debug(true);
    });
    bench.loop.call_soon([] {});
    bench.run_once();
    CHECK(bench.log.lines().empty());
  }
}

TEST_CASE("w13 the task shows where it waits now") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  unsigned first_line = 0;
  const auto third = [&]() -> ch06::Coroutine<> {
    bench.clock.advance(500ms);
    co_await ch06::sleep(0s);
  };
  const auto first = [&]() -> ch06::Coroutine<> {
    first_line = std::source_location::current().line();
    co_await third();
    bench.clock.advance(500ms);
    co_await ch06::sleep(0s);
  };
  bench.loop.run_until_complete(first());
  REQUIRE(bench.lines().size() == 2);
  const auto running_at = [](const std::string& line) {
    const auto begin = line.find(" running at ") + 12;
    return line.substr(begin, line.find('>', begin) - begin);
  };
  const std::string file = "06_slow_callback_test.cpp:";
  CHECK(running_at(bench.lines()[0]) == file + std::to_string(first_line + 1));
  CHECK(running_at(bench.lines()[1]) == file + std::to_string(first_line + 3));
}

TEST_CASE("w15 many small callbacks are not reported") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  nanoseconds late{};
  bench.loop.call_at(100ms, [&] {
    late = bench.clock.now() - 100ms;
    bench.loop.stop();
  });
  for (int i = 0; i < 200; ++i) {
    bench.loop.call_soon([&] { bench.clock.advance(10ms); });
  }
  bench.loop.run_forever();
  CHECK(late == 1900ms);
  CHECK(bench.lines().empty());
}

// A slow selector, and a slow log: the next callback must not be charged for
// either.
TEST_CASE("time spent elsewhere is not charged to a callback") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  SECTION("waiting for a timer") {
    bench.loop.call_soon([] {});
    bench.run_once();
    bench.loop.call_later(10s, [&] { bench.loop.stop(); });
    bench.loop.run_forever();
    CHECK(bench.lines().empty());
  }
  SECTION("work between two runs of the loop") {
    bench.loop.call_soon([] {});
    bench.run_once();
    bench.clock.advance(5s);
    bench.loop.call_soon([] {});
    bench.run_once();
    CHECK(bench.lines().empty());
  }
  SECTION("writing the report") {
    struct SlowHandler final : ch04::Handler {
      explicit SlowHandler(common::VirtualClock& its_clock)
          : clock(its_clock) {}
      void emit(const ch04::LogRecord&) override { clock.advance(3s); }
      common::VirtualClock& clock;
    };
    ch04::get_logger().add_handler(std::make_shared<SlowHandler>(bench.clock));
    bench.loop.call_soon([&] { bench.clock.advance(1s); });
    bench.loop.call_soon([] {});
    bench.run_once();
    CHECK(bench.lines().size() == 1);
  }
}

TEST_CASE("the next callback in a row is charged only its own time") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  for (const auto duration : {200ms, 50ms, 300ms}) {
    bench.loop.call_soon([&bench, duration] { bench.clock.advance(duration); });
  }
  bench.run_once();
  REQUIRE(bench.lines().size() == 2);
  CHECK(took({bench.lines()[0]}) == "took 0.200 seconds");
  CHECK(took({bench.lines()[1]}) == "took 0.300 seconds");
}

namespace {

struct CountedClock : common::VirtualClock {
  nanoseconds now() const override {
    ++reads;
    return VirtualClock::now();
  }
  mutable int reads = 0;
};

}  // namespace

TEST_CASE("one callback's end is the next one's beginning") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  CountedClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  if (auto* const watched = dynamic_cast<ch10::EventLoop*>(&loop)) {
    watched->watchdog = false;  // it reads the clock once more
  }
  const auto reads_for = [&](int callbacks) {
    for (int i = 0; i < callbacks; ++i) loop.call_soon([] {});
    const int before = clock.reads;
    loop.stop();
    loop.run_forever();
    return clock.reads - before;
  };
  CHECK(reads_for(30) - reads_for(10) == 20);
  loop.close();
}

namespace {

// A later chapter's place: it hears of what was slow, and writes its own.
template <class Loop>
class TellsMore final : public Loop {
 public:
  using Loop::Loop;
  Lines heard;

 protected:
  void report_slow(ch06::LoopObject& object,
                   nanoseconds took) noexcept override {
    heard.push_back(object.callback_text().substr(0, 4) + " from " +
                    std::to_string(this->began()->count()) + " for " +
                    std::to_string(took.count()));
    Loop::report_slow(object, took);
  }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a later layer hears of what was slow, and when", "",
                        loops::From<ch06::EventLoop>) {
  LogLines log(ch04::WARNING, {"Executing "});
  common::VirtualClock clock;
  TellsMore<TestType> loop(clock);
  loop.set_debug(true);
  for (const auto duration : {100ms, 50ms, 300ms}) {
    loop.call_soon(
        ch06::named("work", [&clock, duration] { clock.advance(duration); }));
  }
  loop.stop();
  loop.run_forever();
  loop.close();
  CHECK(loop.heard == Lines{"work from 0 for 100000000",
                            "work from 150000000 for 300000000"});
  CHECK(log.lines().size() == 2);
}

// --- Whose time is it?
// ----------------------------------------------------------

namespace {

// Its destruction takes a second: as a capture of a callback.
class SlowEnd {
 public:
  explicit SlowEnd(common::VirtualClock& clock) : clock_(&clock) {}
  SlowEnd(SlowEnd&& other) noexcept
      : clock_(std::exchange(other.clock_, nullptr)) {}
  SlowEnd& operator=(SlowEnd&&) = delete;
  ~SlowEnd() {
    if (clock_) clock_->advance(1s);
  }

 private:
  common::VirtualClock* clock_;
};

ch06::Coroutine<SlowEnd> gives_what_ends_slowly(common::VirtualClock& clock) {
  co_return SlowEnd(clock);
}
ch06::Coroutine<> ends_slowly(common::VirtualClock& clock) {
  const SlowEnd local(clock);
  co_await ch06::sleep(0s);
}

bool one_line_of(const Lines& lines, const std::string& name) {
  return lines.size() == 1 &&
         lines[0].find("Executing <") != std::string::npos &&
         lines[0].find(name) != std::string::npos &&
         took(lines) == "took 1.000 seconds";
}

}  // namespace

TEST_CASE("the end of what a callback captured is its own time") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  const auto named_one = [&](const char* name) {
    return ch06::named(name, [end = SlowEnd(bench.clock)] {});
  };
  const auto innocent = ch06::named("innocent", [] {});
  SECTION("a callback") { bench.loop.call_soon(named_one("guilty")); }
  SECTION("a timer") { bench.loop.call_later(0s, named_one("guilty")); }
  SECTION("posted") { bench.loop.call_soon_threadsafe(named_one("guilty")); }
  SECTION("one that throws") {
    bench.loop.set_exception_handler(
        [](ch02::EventLoop&, const ch02::ExceptionContext&) {});
    bench.loop.call_soon(ch06::named("guilty", [end = SlowEnd(bench.clock)] {
      throw std::runtime_error("late");
    }));
  }
  SECTION("a done callback") {
    const auto future = bench.loop.create_future<int>();
    future.add_done_callback(
        ch06::named("guilty", [end = SlowEnd(bench.clock)](auto) {}));
    future.set_result(1);
  }
  bench.loop.call_soon(innocent);
  bench.loop.call_later(0s, innocent);
  bench.run_once();
  const Lines lines = bench.lines();
  CAPTURE(lines);
  CHECK(one_line_of(lines, "guilty()"));
}

TEST_CASE("the end of a task's frame is its own time") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  {
    const auto task = bench.loop.create_task(ends_slowly(bench.clock));
    bench.run_once();
    bench.loop.call_soon([] {});
    bench.run_once();
    bench.loop.call_soon([] {});
  }
  bench.run_once();
  CHECK(one_line_of(bench.lines(), "ends_slowly()"));
}

TEST_CASE("the end of a result is charged to no other callback") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  static_cast<void>(
      bench.loop.create_task(gives_what_ends_slowly(bench.clock)));
  bench.loop.call_soon(ch06::named("innocent", [] {}));
  bench.run_once();
  CHECK(bench.lines().empty());
}

TEST_CASE("a reader keeps what it captured") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  const auto pipe = common::make_pipe();
  REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
  const auto held = std::make_shared<int>(0);
  bench.loop.add_reader(pipe.read.get(), [held] { ++*held; });
  bench.run_once();
  bench.run_once();
  CHECK(*held == 2);
  CHECK(held.use_count() == 2);
  bench.loop.remove_reader(pipe.read.get());
  CHECK(held.use_count() == 1);
}

TEST_CASE("a limit of 500 years is one that is never reached") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  Bench bench(maker);
  bench.loop.slow_callback_duration = std::chrono::years(500);
  CHECK(bench.loop.slow_callback_duration == nanoseconds::max());
  CHECK(bench.lines_of(24h).empty());
  bench.loop.slow_callback_duration = 0.5s;
  CHECK(bench.lines_of(500ms).size() == 1);
}

TEST_CASE("a clock that goes in a callback ends no program") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  auto clock = std::make_unique<common::VirtualClock>();
  const auto owner = maker.make(*clock);
  auto& loop = *owner;
  loop.set_debug(true);
  bool ran = false;
  loop.call_soon([&] { clock.reset(); });
  loop.call_soon([&] {
    ran = true;
    loop.stop();
  });
  loop.run_forever();
  CHECK(ran);
  loop.close();
}
