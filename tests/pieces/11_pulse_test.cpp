// Chapter 11: turns, lateness, and what grows. On a virtual clock every number
// is exact.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/11_pulse/event_loop.hpp"
#include "common/clock.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using ch11::Coroutine;
using ch11::Histogram;
using ch11::Pulse;
using std::chrono::nanoseconds;

// --- The histogram -----------------------------------------------------------

TEST_CASE("a histogram is as good as a sorted vector, to 3.2 %") {
  std::mt19937_64 random(11);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  std::uint64_t sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    // Of all sizes, from 0 to years.
    const std::uint64_t value = random() >> (8 + random() % 56);
    values.push_back(value);
    histogram.add(value);
    sum += value;
  }
  std::ranges::sort(values);
  CHECK(histogram.count() == 1'000'000);
  CHECK(histogram.sum() == sum);
  CHECK(histogram.max() == values.back());
  CHECK(histogram.at(1) == values.back());
  CHECK(histogram.at(0) >= values.front());
  int wrong = 0;
  for (int i = 1; i < 1000; ++i) {
    const auto rank = static_cast<std::size_t>(i) * 1000;
    const std::uint64_t exact = values[rank - 1];
    const std::uint64_t got = histogram.at(i / 1000.0);
    const bool occurs = std::ranges::binary_search(values, got);
    const bool close = got >= exact && 1000 * (got - exact) < 32 * exact;
    const bool small = exact < 64 && got == exact;
    if (!occurs || (!close && !small)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a histogram at the edges") {
  Histogram histogram;
  CHECK(histogram.at(0.5) == 0);
  CHECK(histogram.max() == 0);
  histogram.add(0);
  CHECK(histogram.at(0.99) == 0);
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  histogram.add(kMost);
  CHECK(histogram.at(0.5) == 0);
  CHECK(histogram.at(0.51) == kMost);
  // Every value up to 63 has a bucket, and the first that shares one is 65.
  for (std::uint64_t value = 0; value < 66; ++value) {
    Histogram two;
    two.add(value);
    two.add(value + 1);
    CAPTURE(value);
    CHECK(two.at(0.5) == (value == 64 ? 65 : value));
  }
  // The largest and the smallest of neighbours.
  for (int bit = 6; bit < 63; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    const std::uint64_t width = power / 32;
    Histogram three;
    three.add(power - 1);
    three.add(power);
    three.add(power + width - 1);
    three.add(power + width);
    CAPTURE(bit);
    CHECK(three.at(0.25) == power - 1);
    CHECK(three.at(0.5) == power + width - 1);
    CHECK(three.at(0.75) == power + width - 1);
    CHECK(three.at(1) == power + width);
  }
}

// --- A moment's wait ---------------------------------------------------------

namespace {

void add_turn(Pulse& pulse, nanoseconds took) {
  pulse.turns.add(static_cast<std::uint64_t>(took.count()));
}

}  // namespace

TEST_CASE("a moment's wait is weighted by time") {
  Pulse pulse;
  CHECK(pulse.moments_wait(0.99) == 0ns);
  // A thousand turns of nothing, one of a second, and a second without one.
  for (int i = 0; i < 1000; ++i) add_turn(pulse, 0ns);
  add_turn(pulse, 1s);
  pulse.idle = 1s;
  CHECK(pulse.turns.at(0.999) == 0);
  CHECK(pulse.moments_wait(0) == 0ns);
  CHECK(pulse.moments_wait(0.5) == 0ns);
  CHECK(pulse.moments_wait(0.75) == 500ms);
  CHECK(pulse.moments_wait(1) == 1s);
  CHECK(pulse.busy() == 1s);
}

TEST_CASE("a moment's wait agrees with asking at every moment") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    Pulse pulse;
    std::vector<int> waits(random() % 200, 0);  // idle milliseconds
    pulse.idle = std::chrono::milliseconds(waits.size());
    for (auto turns = random() % 20; turns > 0; --turns) {
      // Powers of two: each has a bucket of its own.
      const int length = 1 << random() % 8;
      add_turn(pulse, std::chrono::milliseconds(length));
      for (int left = length; left > 0; --left) waits.push_back(left);
    }
    if (waits.empty()) continue;
    std::ranges::sort(waits);
    for (const double share : {0.1, 0.5, 0.9, 0.99}) {
      const auto rank =
          static_cast<std::size_t>(share * static_cast<double>(waits.size()));
      const double exact = waits[std::min(rank, waits.size() - 1)];
      const double got = common::to_seconds(pulse.moments_wait(share)) * 1000;
      CAPTURE(round, share, exact, got);
      REQUIRE(std::abs(got - exact) <= 1.001);
    }
  }
}

// --- Turns -------------------------------------------------------------------

namespace {

using Loops = loops::From<ch11::EventLoop>;

template <class Loop>
struct Bench {
  Bench() : loop(clock) {
    loop.set_debug(true);
    loop.watchdog = false;  // which reports the same callbacks
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    if (!loop.is_closed()) loop.close();
  }

  void run_once() {
    loop.stop();
    loop.run_forever();
  }
  void run_for(nanoseconds duration) {
    loop.call_later(duration, [this] { loop.stop(); });
    loop.run_forever();
  }
  auto works(nanoseconds duration) {
    return [this, duration] { clock.advance(duration); };
  }
  // Callbacks, all made at one place.
  void crumbs(int count, nanoseconds duration) {
    for (int i = 0; i < count; ++i) {
      loop.call_soon(ch11::named("crumb", works(duration)));
    }
  }
  // The log, without chapter 6's lines about a slow step and what belongs to
  // them.
  Lines lines() const {
    Lines lines = log.lines();
    std::erase_if(lines, [](const std::string& line) {
      return !line.starts_with("WARNING: One turn") &&
             line.find("seconds late") == line.npos &&
             line.find(" are pending") == line.npos;
    });
    return lines;
  }

  LogLines log{ch04::WARNING};
  common::VirtualClock clock;
  Loop loop;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("an idle hour costs no turn", "", Loops) {
  Bench<TestType> bench;
  bench.run_for(1h);
  const Pulse& pulse = bench.loop.pulse();
  CHECK(pulse.turns.count() == 1);
  CHECK(pulse.callbacks.max() == 1);
  CHECK(pulse.idle == 1h);
  CHECK(pulse.busy() == 0ns);
  CHECK(pulse.lateness.count() == 1);
  CHECK(pulse.lateness.max() == 0);
}

TEMPLATE_LIST_TEST_CASE("a turn is what lies between two waits", "", Loops) {
  Bench<TestType> bench;
  auto& loop = bench.loop;
  const Pulse& pulse = loop.pulse();
  SECTION("the wait is not in it, and the last one of a run counts") {
    loop.call_later(1s, [&] {
      bench.clock.advance(30ms);
      loop.call_soon(bench.works(20ms));
    });
    loop.call_later(1s, bench.works(5ms));
    bench.run_for(3s);
    CHECK(pulse.turns.count() == 3);
    CHECK(pulse.turns.max() == 35'000'000);
    CHECK(pulse.turns.at(0.5) == 20'000'000);
    CHECK(pulse.turns.at(0.3) == 0);
    CHECK(pulse.callbacks.max() == 2);
    CHECK(pulse.busy() == 55ms);
    CHECK(pulse.idle == 3s - 55ms);
  }
  SECTION("what lies between two runs is in none") {
    loop.call_soon(bench.works(10ms));
    bench.run_once();
    bench.clock.advance(1h);
    loop.call_soon(bench.works(10ms));
    bench.run_once();
    CHECK(pulse.turns.count() == 2);
    CHECK(pulse.busy() == 20ms);
    CHECK(pulse.idle == 0ns);
    CHECK(bench.lines().empty());
  }
  SECTION("a run inside of a run is refused, and the turn goes on") {
    loop.call_soon(
        [&] { CHECK_THROWS_AS(loop.run_forever(), std::runtime_error); });
    loop.call_soon(bench.works(10ms));
    bench.run_once();
    CHECK(pulse.turns.count() == 1);
    CHECK(pulse.callbacks.max() == 2);
    CHECK(pulse.busy() == 10ms);
  }
  SECTION("restarted, it begins with nothing") {
    loop.call_soon(bench.works(10ms));
    bench.run_once();
    loop.restart_pulse();
    CHECK(pulse.turns.count() == 0);
    CHECK(pulse.busy() == 0ns);
  }
  SECTION("steps of tasks count") {
    loop.run_until_complete([&]() -> Coroutine<> {
      bench.clock.advance(10ms);
      co_await ch11::sleep(0s);
      bench.clock.advance(20ms);
    }());
    CHECK(pulse.busy() == 30ms);
    CHECK(pulse.turns.max() == 20'000'000);
  }
}

TEMPLATE_LIST_TEST_CASE("many small callbacks are told together", "", Loops) {
  Bench<TestType> bench;
  auto& loop = bench.loop;
  SECTION("all of one place") {
    const std::string place = "11_pulse_test.cpp:";
    bench.crumbs(200, 10ms);
    bench.run_once();
    REQUIRE(bench.lines().size() == 1);
    const std::string line = bench.lines()[0];
    CHECK_THAT(
        line,
        StartsWith("WARNING: One turn of the loop took 2.000 seconds: "
                   "200 callbacks, none of them slow\n  2.000 s  "
                   "crumb() at 11_pulse_test.cpp:") &&
            Catch::Matchers::EndsWith(", 200 times, the longest 0.010 s"));
    CHECK(line.find("elsewhere") == line.npos);
  }
  SECTION("the limit counts, and less does not") {
    bench.crumbs(10, 10ms);
    bench.run_once();
    CHECK(bench.lines().size() == 1);
    bench.log.clear();
    bench.crumbs(9, 10ms);
    bench.crumbs(1, nanoseconds(9'999'999));
    bench.run_once();
    CHECK(bench.lines().empty());
    loop.slow_callback_duration = 1s;
    bench.crumbs(99, 10ms);
    bench.run_once();
    CHECK(bench.lines().empty());
    bench.crumbs(100, 10ms);
    bench.run_once();
    CHECK(bench.lines().size() == 1);
  }
  SECTION("one of them slow: chapter 6 has said it") {
    bench.crumbs(200, 10ms);
    loop.call_soon(bench.works(100ms));
    bench.run_once();
    CHECK(bench.lines().empty());
    CHECK(bench.log.lines().size() == 1);
    CHECK(bench.loop.pulse().turns.max() == 2'100'000'000);
    // The next turn is judged by itself.
    bench.crumbs(20, 10ms);
    bench.run_once();
    CHECK(bench.lines().size() == 1);
  }
  SECTION("three places, the largest first, and the rest") {
    const auto slow = [&]() -> Coroutine<> {
      bench.clock.advance(90ms);
      co_return;
    };
    const auto at = here();
    for (int i = 0; i < 9; ++i) loop.call_soon(bench.works(1ms));
    for (int i = 0; i < 4; ++i) loop.call_soon(bench.works(10ms));
    for (int i = 0; i < 2; ++i) loop.call_soon(bench.works(50ms));
    const auto task = loop.create_task(slow());
    for (int i = 0; i < 2; ++i) loop.call_soon(bench.works(1ms));
    bench.run_once();
    const auto start =
        static_cast<unsigned>(std::stoi(at.substr(at.find(':') + 1)));
    const auto line = [&](unsigned offset) {
      return "11_pulse_test.cpp:" + std::to_string(start + offset);
    };
    REQUIRE(bench.lines().size() == 1);
    const std::string text = bench.lines()[0];
    const std::vector<std::string> parts = {
        "WARNING: One turn of the loop took 0.241 seconds: 18 callbacks, none "
        "of them slow\n",
        "  0.100 s  <lambda>() created at " + line(3) +
            ", 2 times, the longest 0.050 s\n",
        " created at " + line(4) + "\n",
        "  0.040 s  <lambda>() created at " + line(2) +
            ", 4 times, the longest 0.010 s\n",
        "  0.011 s  elsewhere"};
    std::size_t from = 0;
    for (const auto& part : parts) {
      CAPTURE(text, part);
      const auto found = text.find(part, from);
      REQUIRE(found != text.npos);
      from = found + part.size();
    }
    CHECK(from == text.size());
  }
  SECTION("nothing of an earlier turn is in it") {
    bench.crumbs(5, 10ms);
    bench.run_once();
    bench.crumbs(10, 10ms);
    bench.run_once();
    REQUIRE(bench.lines().size() == 1);
    CHECK_THAT(bench.lines()[0], Contains(", 10 times, the longest"));
  }
  SECTION("switched off") {
    loop.takes_pulse = false;
    bench.crumbs(200, 10ms);
    bench.run_for(3s);
    loop.takes_pulse = true;
    loop.set_debug(false);
    bench.crumbs(200, 10ms);
    bench.run_for(3s);
    CHECK(bench.log.lines().empty());
    CHECK(loop.pulse().turns.count() == 0);
    CHECK(loop.pulse().idle == 0ns);
  }
  SECTION("switched off inside: half a turn is none") {
    bench.crumbs(200, 10ms);
    loop.call_soon([&] { loop.set_debug(false); });
    loop.call_soon([&] { loop.set_debug(true); });
    bench.run_once();
    CHECK(bench.lines().empty());
    CHECK(loop.pulse().turns.count() == 0);
    // ... and switched on inside, it begins with the next one.
    loop.set_debug(false);
    loop.call_soon([&] { loop.set_debug(true); });
    bench.crumbs(200, 10ms);
    bench.run_once();
    CHECK(loop.pulse().turns.count() == 0);
  }
}

// --- Timers ------------------------------------------------------------------

TEMPLATE_LIST_TEST_CASE("a late timer is told, with the others of its turn", "",
                        Loops) {
  Bench<TestType> bench;
  auto& loop = bench.loop;
  const Pulse& pulse = loop.pulse();
  const auto wait = [&](nanoseconds duration) {
    loop.call_later(duration, ch11::named("tick", [] {}));
  };
  SECTION("one") {
    wait(600ms);
    bench.crumbs(200, 10ms);
    bench.run_for(3s);
    REQUIRE(bench.lines().size() == 2);
    CHECK_THAT(bench.lines()[0], StartsWith("WARNING: One turn"));
    CHECK_THAT(bench.lines()[1],
               StartsWith("WARNING: <TimerHandle when=0.6 tick() at ") &&
                   Catch::Matchers::EndsWith("> ran 1.400 seconds late"));
    CHECK(pulse.lateness.count() == 2);
    CHECK(pulse.lateness.max() == 1'400'000'000);
  }
  SECTION("several: the latest is named") {
    wait(900ms);
    wait(600ms);
    bench.crumbs(200, 10ms);
    bench.run_for(3s);
    REQUIRE(bench.lines().size() == 2);
    CHECK_THAT(bench.lines()[1],
               Contains("when=0.6 ") &&
                   Catch::Matchers::EndsWith(
                       "> ran 1.400 seconds late, and so did another timer"));
    for (int i = 0; i < 5; ++i) wait(std::chrono::milliseconds(100 + i));
    bench.crumbs(40, 10ms);
    bench.log.clear();
    bench.run_for(3s);
    REQUIRE(bench.lines().size() == 2);
    CHECK_THAT(bench.lines()[1],
               Catch::Matchers::EndsWith(
                   "> ran 0.300 seconds late, and so did 4 more timers"));
  }
  SECTION("the limit counts, less does not") {
    wait(300ms);
    wait(nanoseconds(300'000'001));
    bench.crumbs(40, 10ms);
    bench.run_for(3s);
    REQUIRE(bench.lines().size() == 2);
    CHECK_THAT(bench.lines()[1],
               Catch::Matchers::EndsWith("> ran 0.100 seconds late"));
  }
  SECTION("set for the past: late from the moment at which it was set") {
    bench.clock.advance(2h);
    loop.call_at(0s, ch11::named("tick", [] {}));
    bench.run_once();
    CHECK(pulse.lateness.max() == 0);
    loop.call_soon([&] {
      bench.clock.advance(20ms);
      loop.call_at(1h, ch11::named("tick", [] {}));
      bench.clock.advance(10ms);
    });
    loop.call_soon(bench.works(5ms));
    bench.run_once();
    bench.run_once();
    CHECK(pulse.lateness.count() == 2);
    CHECK(pulse.lateness.max() == 15'000'000);
    CHECK(bench.lines().empty());
  }
  SECTION("cancelled: it does not run, and is not late") {
    const auto timer = loop.call_later(100ms, [] {});
    bench.crumbs(40, 10ms);
    loop.call_soon([&] { timer->cancel(); });
    bench.run_for(3s);
    CHECK(pulse.lateness.count() == 1);
  }
}

namespace {

// Moves in steps of 10 ms.
struct CoarseClock final : common::VirtualClock {
  nanoseconds now() const override {
    const nanoseconds exact = common::VirtualClock::now();
    return exact - exact % 10ms;
  }
  nanoseconds resolution() const override { return 10ms; }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("what the clock cannot show is not late", "", Loops) {
  const LogLines log(ch04::WARNING);
  CoarseClock clock;
  TestType loop(clock);
  loop.set_debug(true);
  for (const auto delay : {1ms, 5ms, 10ms, 14ms, 19ms}) {
    loop.call_at(delay, [] {});
  }
  loop.call_at(30ms, [&] { loop.stop(); });
  loop.run_forever();
  CHECK(loop.pulse().lateness.count() == 6);
  CHECK(loop.pulse().lateness.max() == 0);
  loop.call_at(44ms, [] {});
  loop.call_soon([&] { clock.advance(25ms); });  // it shows 50 ms
  loop.call_later(60ms, [&] { loop.stop(); });
  loop.run_forever();
  CHECK(loop.pulse().lateness.max() == 0);
  // A whole step of the clock is.
  loop.call_at(110ms, [] {});
  loop.call_soon([&] { clock.advance(25ms); });
  loop.call_later(100ms, [&] { loop.stop(); });
  loop.run_forever();
  CHECK(loop.pulse().lateness.max() == 10'000'000);
  loop.close();
}

// --- The report itself -------------------------------------------------------

namespace {

struct SlowHandler final : ch04::Handler {
  explicit SlowHandler(common::VirtualClock& its_clock) : clock(its_clock) {}
  void emit(const ch04::LogRecord&) override {
    clock.advance(1h);
    ++records;
  }
  common::VirtualClock& clock;
  int records = 0;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a report does not count itself", "", Loops) {
  Bench<TestType> bench;
  auto& loop = bench.loop;
  const auto slow = std::make_shared<SlowHandler>(bench.clock);
  ch04::get_logger().add_handler(slow);
  const Pulse& pulse = loop.pulse();
  SECTION("of a turn, of a late timer") {
    loop.call_later(100ms, [] {});
    bench.crumbs(40, 10ms);
    bench.run_for(1s);
    CHECK(slow->records == 2);
    CHECK(pulse.busy() == 400ms);
    CHECK(pulse.turns.max() == 400'000'000);
    CHECK(pulse.idle == 0ns);  // the last timer is hours late by now
  }
  SECTION("of a slow callback") {
    bench.crumbs(1, 100ms);
    bench.run_once();
    CHECK(slow->records == 1);
    CHECK(pulse.busy() == 100ms);
  }
  SECTION("of what is pending") {
    for (int i = 0; i < 128; ++i) {
      const auto timer = loop.call_later(1s, [] {});
      loop.call_soon([timer] { timer->cancel(); });
    }
    CHECK(slow->records == 1);
    loop.call_soon([&] {
      for (int i = 0; i < 256; ++i) loop.call_later(1s, [] {});
    });
    bench.run_once();
    // The third is chapter 6's: it interrupted a step, and made that slow.
    CHECK(slow->records == 3);
    CHECK(pulse.busy() == 0ns);
  }
}

TEMPLATE_LIST_TEST_CASE("a report that cannot be made harms nothing", "",
                        Loops) {
  const LogLines log(ch04::WARNING);
  auto clock = std::make_unique<common::VirtualClock>();
  TestType loop(*clock);
  loop.set_debug(true);
  int ran = 0;
  loop.call_soon([&] { ++ran; });
  loop.call_soon([&] {
    clock.reset();
    ++ran;
  });
  loop.call_soon([&] {
    ++ran;
    loop.call_soon([&] {
      ++ran;
      loop.stop();
    });
  });
  loop.run_forever();
  CHECK(ran == 4);
  CHECK(loop.pulse().turns.count() == 0);
  CHECK(log.lines().empty());
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("close() logs the pulse, if it is asked to", "",
                        Loops) {
  const LogLines log(ch04::INFO);
  common::VirtualClock clock;
  TestType loop(clock);
  const bool debug = GENERATE(true, false);
  const bool asked = GENERATE(true, false);
  loop.set_debug(debug);
  loop.pulse_at_close = asked;
  loop.call_later(500ms, [&] { loop.stop(); });
  for (int i = 0; i < 2; ++i) {
    loop.call_later(100ms, [&] { clock.advance(40ms); });
  }
  loop.run_forever();
  loop.close();
  loop.close();
  Lines lines = log.lines();
  std::erase_if(lines, [](const std::string& line) {
    return !line.starts_with("INFO: Pulse");
  });
  if (!debug || !asked) {
    CHECK(lines.empty());
    return;
  }
  CHECK(lines ==
        Lines{"INFO: Pulse of 2 turns in 0.500 seconds, busy 16 %\n"
              "  a turn took       p50 0.000  p99 0.080  max 0.080 s\n"
              "  a moment's wait   p50 0.000  p99 0.075  max 0.080 s\n"
              "  a timer was late  p50 0.000  p99 0.040  max 0.040 s  (3 "
              "timers)\n"
              "  callbacks a turn  p50 1  p99 2  max 2"});
}

// --- What grows --------------------------------------------------------------

namespace {

Coroutine<> waits(ch11::Future<> future) { co_await future; }

}  // namespace

TEMPLATE_LIST_TEST_CASE("100,000 tasks are told ten times", "", Loops) {
  Bench<TestType> bench;
  const auto future = bench.loop.create_future();
  std::vector<ch11::Task<>> tasks;
  for (int i = 0; i < 100'000; ++i) {
    tasks.push_back(bench.loop.create_task(waits(future)));
  }
  REQUIRE(bench.lines().size() == 10);
  for (int i = 0; i < 10; ++i) {
    CHECK_THAT(bench.lines()[static_cast<std::size_t>(i)],
               StartsWith("WARNING: " + std::to_string(128 << i) +
                          " tasks are pending"));
  }
  future.set_result();
  bench.run_once();
  bench.run_once();
}

TEMPLATE_LIST_TEST_CASE("only growth is told", "", Loops) {
  Bench<TestType> bench;
  auto& loop = bench.loop;
  SECTION("a sawtooth of tasks, below 128") {
    for (int round = 0; round < 20; ++round) {
      const auto future = loop.create_future();
      std::vector<ch11::Task<>> tasks;
      for (int i = 0; i < 127; ++i) {
        tasks.push_back(loop.create_task(waits(future)));
      }
      bench.run_once();
      // They end in every way: with a result, cancelled, or dropped.
      if (round % 3 == 0) future.set_result();
      for (const auto& task : tasks) {
        if (round % 3 == 1) task.cancel();
        task.set_log_destroy_pending(false);
      }
      if (round % 3 < 2) bench.run_once();
    }
    CHECK(bench.lines().empty());
  }
  SECTION("a sawtooth of timers, below 128") {
    for (int round = 0; round < 20; ++round) {
      std::vector<common::Ref<ch11::TimerHandle>> timers;
      for (int i = 0; i < 126; ++i) {
        timers.push_back(loop.call_later(1ms, [] {}));
      }
      if (round % 2 == 0) {
        for (const auto& timer : timers) timer->cancel();
      }
      bench.run_for(1ms);
    }
    CHECK(bench.lines().empty());
  }
  SECTION("a task that is refused was never pending") {
    const ch07::CatchWarnings quiet(ch07::Record::yes);
    loop.close();
    const auto future = loop.create_future();
    for (int i = 0; i < 300; ++i) {
      auto coroutine = waits(future);
      CHECK_THROWS_AS(static_cast<void>(loop.create_task(std::move(coroutine))),
                      std::runtime_error);
    }
    CHECK(bench.lines().empty());
  }
  SECTION("the same number again") {
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 200; ++i) loop.call_later(1ms, [] {});
      bench.run_for(1ms);
    }
    CHECK(bench.lines().size() == 1);
  }
}

TEMPLATE_LIST_TEST_CASE("growth is told by place", "", Loops) {
  Bench<TestType> bench;
  auto& loop = bench.loop;
  const auto future = loop.create_future();
  std::vector<ch11::Task<>> tasks;
  SECTION("tasks") {
    const auto done = loop.create_future();
    done.set_result();
    const std::string first = here(2);
    for (int i = 0; i < 100; ++i) {
      tasks.push_back(loop.create_task(waits(future), "first"));
    }
    for (int i = 0; i < 12; ++i) {
      tasks.push_back(loop.create_task(waits(done)));
    }
    bench.run_once();
    bench.clock.advance(11200ms);
    const std::string second = here(2);
    for (int i = 0; i < 40; ++i) {
      tasks.push_back(loop.create_task(waits(i % 2 == 0 ? future : done)));
    }
    REQUIRE(bench.lines().size() == 1);
    CHECK_THAT(bench.lines()[0],
               StartsWith("WARNING: 128 tasks are pending\n"
                          "  100 of them waits() created at " +
                          first +
                          "\n"
                          "    the first is <Task pending name='first' "
                          "coro=<waits() running at ") &&
                   Contains(">\n  28 of them waits() created at " + second));
    bench.run_once();
    bench.log.clear();
    bench.clock.advance(1500ms);
    const std::string third = here(2);
    for (int i = 0; i < 136; ++i) {
      tasks.push_back(loop.create_task(waits(future)));
    }
    REQUIRE(bench.lines().size() == 1);
    CHECK_THAT(bench.lines()[0],
               StartsWith("WARNING: 256 tasks are pending, twice as many as "
                          "1.500 seconds before\n"
                          "  136 of them waits() created at " +
                          third +
                          "\n"
                          "    the first is <Task pending name=") &&
                   Contains(">\n  100 of them waits() created at " + first +
                            "\n"
                            "  20 of them waits() created at " +
                            second + ", where 20 others have ended"));
  }
  SECTION("those that were there before debug mode are counted") {
    loop.set_debug(false);
    for (int i = 0; i < 127; ++i) {
      tasks.push_back(loop.create_task(waits(future)));
    }
    bench.run_once();
    loop.set_debug(true);
    const std::string second = here(1);
    tasks.push_back(loop.create_task(waits(future)));
    REQUIRE(bench.lines().size() == 1);
    CHECK_THAT(bench.lines()[0], Contains("128 tasks are pending") &&
                                     Contains("\n  1 of them waits() created "
                                              "at " +
                                              second));
    // ... and off again: what ends meanwhile is noticed.
    bench.log.clear();
    loop.set_debug(false);
    tasks.clear();
    future.set_result();
    bench.run_once();
    bench.run_once();
    loop.set_debug(true);
    const auto other = loop.create_future();
    for (int i = 0; i < 255; ++i) {
      tasks.push_back(loop.create_task(waits(other)));
    }
    CHECK(bench.lines().empty());
    other.set_result();
  }
  SECTION("timers") {
    const std::string place = here(2);
    for (int i = 0; i < 128; ++i) {
      loop.call_later(1h, ch11::named("poll", [] {}))->when();
    }
    CHECK(bench.lines() ==
          Lines{"WARNING: 128 timers are pending\n  128 of them poll() at " +
                place + " created at " + place +
                "\n    the first is <TimerHandle when=3600.0 poll() at " +
                place + " created at " + place + ">"});
  }
  SECTION("switched off") {
    loop.takes_pulse = false;
    for (int i = 0; i < 300; ++i) loop.call_later(1h, [] {});
    CHECK(bench.lines().empty());
  }
  if (!future.done()) future.set_result();
  bench.run_once();
  bench.run_once();
}
