// Chapter 9: where the time of a step went. On a virtual clock the stretches
// are exact.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/09_culprit/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using ch09::Coroutine;
using ch09::Stretch;
using std::chrono::nanoseconds;

namespace {

using Loops = loops::From<ch09::EventLoop>;

struct Step {
  nanoseconds took;
  std::vector<Stretch> stretches;
  int other_times;
  nanoseconds other_total;

  nanoseconds in_coroutines() const {
    nanoseconds sum = other_total;
    for (const Stretch& stretch : stretches) sum += stretch.total;
    return sum;
  }
};

// Keeps the trail of every step: none is too short to be reported.
template <class Loop>
class Keeps final : public Loop {
 public:
  explicit Keeps(common::Clock& clock) : Loop(clock) {
    this->set_debug(true);
    this->slow_callback_duration = 0ns;
  }
  std::vector<Step> steps;

 protected:
  void report_slow(ch09::LoopObject& object,
                   nanoseconds took) noexcept override {
    Loop::report_slow(object, took);
    const auto& trail = this->trail();
    steps.push_back(
        {took, trail.stretches(), trail.other_times(), trail.other_total()});
  }
};

template <class Loop>
struct Kitchen {
  Kitchen() : loop(clock) {}
  Kitchen(const Kitchen&) = delete;
  Kitchen& operator=(const Kitchen&) = delete;
  ~Kitchen() {
    if (!loop.is_closed()) loop.close();
  }
  // The first step of a task; it is not run any further.
  Step first_step(Coroutine<> coroutine) {
    loop.steps.clear();
    const auto task = loop.create_task(std::move(coroutine), "cook");
    task.set_log_destroy_pending(false);
    loop.stop();
    loop.run_forever();
    return loop.steps.at(0);
  }
  std::vector<Step> all_steps(Coroutine<> coroutine) {
    loop.steps.clear();
    loop.run_until_complete(std::move(coroutine));
    return loop.steps;
  }

  LogLines log{ch04::WARNING, {"Executing ", "Where the "}};
  common::VirtualClock clock;
  Keeps<Loop> loop;
};

// "boil() from 9 to 12, 3 times": lines without their file.
std::string shown(const Stretch& stretch) {
  const auto line = [&stretch](const std::source_location& place) {
    const bool is_co_await = place.line() != stretch.function.line() ||
                             place.column() != stretch.function.column();
    return is_co_await ? std::to_string(place.line()) : std::string("-");
  };
  std::string text = common::function_name(stretch.function) + "() from " +
                     line(stretch.from) + " to " + line(stretch.to) + ": " +
                     std::to_string(stretch.total / 1ms) + " ms";
  if (stretch.times > 1)
    text += ", " + std::to_string(stretch.times) + " times";
  return text;
}
std::vector<std::string> shown(const Step& step) {
  std::vector<std::string> lines;
  for (const Stretch& stretch : step.stretches) {
    if (stretch.total > 0ns) lines.push_back(shown(stretch));
  }
  return lines;
}

// The line of the call.
std::string line(std::source_location where = std::source_location::current()) {
  return std::to_string(where.line());
}

Coroutine<> works(common::VirtualClock& clock, nanoseconds duration) {
  clock.advance(duration);
  co_return;
}
const std::string kYields = line();
Coroutine<> works_then_yields(common::VirtualClock& clock,
                              nanoseconds duration) {
  clock.advance(duration);
  co_await ch09::sleep(0s);
}
Coroutine<> fails(common::VirtualClock& clock) {
  clock.advance(30ms);
  throw std::runtime_error("burnt");
  co_return;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a stretch is what lies between two co_awaits", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  auto& clock = kitchen.clock;
  std::string first, second;
  const auto cook = [&]() -> Coroutine<> {
    clock.advance(10ms);
    first = line(), co_await ch09::sleep(0s);
    clock.advance(20ms);
    second = line(), co_await ch09::sleep(0s);
    clock.advance(30ms);
  };
  const auto steps = kitchen.all_steps(cook());
  REQUIRE(steps.size() >= 3);
  const std::string name =
      common::function_name(steps[0].stretches.at(0).function) + "()";
  CHECK(shown(steps[0]) == Lines{name + " from - to " + first + ": 10 ms"});
  CHECK(shown(steps[1]) ==
        Lines{name + " from " + first + " to " + second + ": 20 ms"});
  CHECK(shown(steps[2]) == Lines{name + " from " + second + " to -: 30 ms"});
  CHECK(steps[2].took == 30ms);
}

TEMPLATE_LIST_TEST_CASE("who has ended within the step is there, too", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  auto& clock = kitchen.clock;
  std::string at;
  const auto cook = [&]() -> Coroutine<> {
    clock.advance(5ms);
    at = line(), co_await works(clock, 200ms);
    clock.advance(40ms);
    co_await works_then_yields(clock, 500ms);
  };
  const Step step = kitchen.first_step(cook());
  REQUIRE(step.stretches.size() == 4);
  CHECK_THAT(shown(step)[0], StartsWith("works_then_yields() from - to ") &&
                                 Contains("500 ms"));
  CHECK(shown(step)[1] == "works() from - to -: 200 ms");
  CHECK_THAT(shown(step)[2],
             Contains(" from " + at + " to ") && Contains(": 40 ms"));
  CHECK_THAT(shown(step)[3],
             Contains(" from - to " + at) && Contains(": 5 ms"));
  CHECK(step.in_coroutines() == step.took);
}

TEMPLATE_LIST_TEST_CASE("a frame's memory is used again, its account is not",
                        "", Loops) {
  Kitchen<TestType> kitchen;
  const auto cook = [&]() -> Coroutine<> {
    for (int i = 0; i < 3; ++i) {
      co_await works(kitchen.clock, 10ms);
      try {
        co_await fails(kitchen.clock);
      } catch (const std::runtime_error&) {
      }
    }
  };
  const Step step = kitchen.first_step(cook());
  CHECK(shown(step) == Lines{"fails() from - to -: 90 ms, 3 times",
                             "works() from - to -: 30 ms, 3 times"});
}

TEMPLATE_LIST_TEST_CASE("an await that never waits is counted", "", Loops) {
  Kitchen<TestType> kitchen;
  std::string at;
  const auto cook = [&]() -> Coroutine<> {
    const auto hot = kitchen.loop.create_future();
    hot.set_result();
    for (int i = 0; i < 100'000; ++i) {
      at = line(), co_await hot;
      kitchen.clock.advance(i == 500 ? 7ms : 1ms);
    }
    co_await ch09::sleep(0s);
  };
  const Step step = kitchen.first_step(cook());
  const Stretch& most = step.stretches.at(0);
  CHECK(most.times == 99'999);
  CHECK(most.total == 99'999ms + 6ms);
  CHECK(most.longest == 7ms);
  CHECK(std::to_string(most.from.line()) == at);
  CHECK(std::to_string(most.to.line()) == at);
  CHECK(step.in_coroutines() == step.took);
}

TEMPLATE_LIST_TEST_CASE("an error passes through, and time goes on", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  const auto middle = [&]() -> Coroutine<> { co_await fails(kitchen.clock); };
  const auto cook = [&]() -> Coroutine<> {
    try {
      co_await middle();
    } catch (const std::runtime_error&) {
      kitchen.clock.advance(15ms);
    }
  };
  const Step step = kitchen.first_step(cook());
  REQUIRE(shown(step).size() == 2);
  CHECK(shown(step)[0] == "fails() from - to -: 30 ms");
  CHECK_THAT(shown(step)[1], Contains(" to -: 15 ms"));
  CHECK(step.in_coroutines() == step.took);
}

TEMPLATE_LIST_TEST_CASE("a cancelled task tidies up in a stretch", "", Loops) {
  Kitchen<TestType> kitchen;
  auto& loop = kitchen.loop;
  const auto cook = [&]() -> Coroutine<> {
    try {
      co_await ch09::sleep(1h);
    } catch (const ch09::CancelledError&) {
      kitchen.clock.advance(25ms);
      throw;
    }
  };
  SECTION("while it waits") {
    const auto task = loop.create_task(cook());
    loop.stop();
    loop.run_forever();
    loop.steps.clear();
    task.cancel();
    loop.stop();
    loop.run_forever();
    REQUIRE(loop.steps.size() == 1);
    REQUIRE(shown(loop.steps[0]).size() == 1);
    CHECK_THAT(shown(loop.steps[0])[0], Contains(" to -: 25 ms"));
  }
  SECTION("before it began: there is no stretch") {
    const auto task = loop.create_task(cook());
    task.cancel();
    loop.stop();
    loop.run_forever();
    REQUIRE(loop.steps.size() == 1);
    CHECK(loop.steps[0].stretches.empty());
  }
  SECTION("destroyed by another one's step, it leaves no trace there") {
    std::optional task = loop.create_task(cook());
    task->set_log_destroy_pending(false);
    loop.stop();
    loop.run_forever();
    const Step step = kitchen.first_step([&]() -> Coroutine<> {
      task->cancel();
      task.reset();
      kitchen.clock.advance(5ms);
      co_return;
    }());
    CHECK(step.in_coroutines() == 5ms);
  }
}

namespace {

class SlowEnd {
 public:
  SlowEnd(common::VirtualClock& clock, nanoseconds duration)
      : clock_(&clock), duration_(duration) {}
  SlowEnd(SlowEnd&& other) noexcept
      : clock_(std::exchange(other.clock_, nullptr)),
        duration_(other.duration_) {}
  SlowEnd& operator=(SlowEnd&&) = delete;
  ~SlowEnd() {
    if (clock_) clock_->advance(duration_);
  }

 private:
  common::VirtualClock* clock_;
  nanoseconds duration_;
};

Coroutine<> takes([[maybe_unused]] SlowEnd parameter) { co_return; }

}  // namespace

TEMPLATE_LIST_TEST_CASE("what ends with the frame belongs to no stretch of it",
                        "", Loops) {
  Kitchen<TestType> kitchen;
  SECTION("of a task: elsewhere") {
    const Step step = kitchen.first_step(takes(SlowEnd(kitchen.clock, 150ms)));
    CHECK(step.took == 150ms);
    CHECK(step.in_coroutines() == 0ms);
    CHECK_THAT(kitchen.log.lines().at(1),
               StartsWith("WARNING: Where the 0.150 seconds of cook went:\n"
                          "  0.150 s  elsewhere"));
  }
  SECTION("of an awaited coroutine: to its caller's") {
    const auto cook = [&]() -> Coroutine<> {
      co_await takes(SlowEnd(kitchen.clock, 150ms));
    };
    const Step step = kitchen.first_step(cook());
    REQUIRE(shown(step).size() == 1);
    CHECK_THAT(shown(step)[0],
               !StartsWith("takes") && Contains("to -: 150 ms"));
  }
}

TEMPLATE_LIST_TEST_CASE("the thirty-third makes room by adding up two", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  auto& clock = kitchen.clock;
  const auto hot = kitchen.loop.create_future();
  hot.set_result();
  const auto cook = [&]() -> Coroutine<> {
    // clang-format off: each co_await is another column
    for (int i = 1; i <= 2; ++i) {
      clock.advance(1ms); co_await hot; clock.advance(2ms); co_await hot; clock.advance(3ms); co_await hot; clock.advance(4ms); co_await hot; clock.advance(5ms); co_await hot; clock.advance(6ms); co_await hot; clock.advance(7ms); co_await hot;
      clock.advance(1ms); co_await hot; clock.advance(2ms); co_await hot; clock.advance(3ms); co_await hot; clock.advance(4ms); co_await hot; clock.advance(5ms); co_await hot; clock.advance(6ms); co_await hot; clock.advance(7ms); co_await hot;
      clock.advance(1ms); co_await hot; clock.advance(2ms); co_await hot; clock.advance(3ms); co_await hot; clock.advance(4ms); co_await hot; clock.advance(5ms); co_await hot; clock.advance(6ms); co_await hot; clock.advance(7ms); co_await hot;
      clock.advance(1ms); co_await hot; clock.advance(2ms); co_await hot; clock.advance(3ms); co_await hot; clock.advance(4ms); co_await hot; clock.advance(5ms); co_await hot; clock.advance(6ms); co_await hot; clock.advance(7ms); co_await hot;
      clock.advance(1ms); co_await hot; clock.advance(2ms); co_await hot; clock.advance(3ms); co_await hot; clock.advance(4ms); co_await hot; clock.advance(5ms); co_await hot; clock.advance(6ms); co_await hot; clock.advance(7ms); co_await hot;
    }
    // clang-format on
    clock.advance(900ms);  // the culprit comes last
  };
  const Step step = kitchen.first_step(cook());
  CHECK(step.stretches.size() == 32);
  CHECK(step.other_times > 0);
  CHECK(step.stretches.at(0).total == 900ms);
  CHECK(step.in_coroutines() == step.took);
  CHECK(step.took == 2 * 5 * 28ms + 900ms);
}

TEMPLATE_LIST_TEST_CASE("the report: lines, callers, and nothing too small", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  auto& clock = kitchen.clock;
  kitchen.loop.slow_callback_duration = 100ms;
  const std::string file = "09_culprit_test.cpp:";
  std::string inner_at, outer_at;
  const auto inner = [&]() -> Coroutine<> {
    inner_at = line(), co_await works(clock, 300ms);
  };
  const auto outer = [&]() -> Coroutine<> {
    outer_at = line(), co_await inner();
    co_await works_then_yields(clock, 20ms);
  };
  const Step step = kitchen.first_step(outer());
  const auto name_of = [&](const std::string& at) {
    for (const Stretch& stretch : step.stretches) {
      if (std::to_string(stretch.to.line()) == at) {
        return common::function_name(stretch.function) + "()";
      }
    }
    return std::string("?");
  };
  REQUIRE(kitchen.log.lines().size() == 2);
  CHECK_THAT(kitchen.log.lines()[0], Contains("took 0.320 seconds"));
  const std::string yields = file + std::to_string(std::stoi(kYields) + 4);
  CHECK(kitchen.log.lines()[1] ==
        "WARNING: Where the 0.320 seconds of cook went:\n"
        "  0.300 s  works() from its beginning to its end\n"
        "           awaited by " +
            name_of(inner_at) + " at " + file + inner_at + ", " +
            name_of(outer_at) + " at " + file + outer_at +
            "\n"
            "  0.020 s  works_then_yields() from its beginning to " +
            yields);
}

TEMPLATE_LIST_TEST_CASE("a deep chain is shown by its innermost callers", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  struct Nested {
    static Coroutine<> dig(common::VirtualClock& clock, int depth) {
      if (depth == 0) clock.advance(1s);
      if (depth > 0) co_await dig(clock, depth - 1);
    }
  };
  kitchen.first_step(Nested::dig(kitchen.clock, 100'000));
  const std::string text = kitchen.log.lines().at(1);
  CHECK_THAT(text, Catch::Matchers::EndsWith(", and others"));
  CHECK(std::count(text.begin(), text.end(), ',') == 8);
}

TEMPLATE_LIST_TEST_CASE("what is small is told together", "", Loops) {
  Kitchen<TestType> kitchen;
  auto& clock = kitchen.clock;
  const auto cook = [&]() -> Coroutine<> {
    co_await works(clock, 950ms);
    co_await works_then_yields(clock, 49ms);
  };
  kitchen.first_step(cook());
  CHECK_THAT(kitchen.log.lines().at(1),
             Contains("\n  0.049 s  in other stretches, 3 in all") &&
                 !Contains("works_then_yields") && !Contains("elsewhere") &&
                 !Contains("0.000 s"));
}

TEMPLATE_LIST_TEST_CASE("callbacks have no stretches, and debug mode decides",
                        "", Loops) {
  Kitchen<TestType> kitchen;
  auto& loop = kitchen.loop;
  loop.slow_callback_duration = 100ms;
  SECTION("a callback, after a step") {
    kitchen.first_step(works(kitchen.clock, 1s));
    kitchen.log.clear();
    loop.call_soon([&] { kitchen.clock.advance(1s); });
    loop.stop();
    loop.run_forever();
    CHECK(kitchen.log.lines().size() == 1);
    CHECK(loop.steps.back().stretches.empty());
  }
  SECTION("a quick step") {
    kitchen.all_steps(works(kitchen.clock, 99ms));
    CHECK(kitchen.log.lines().empty());
  }
  SECTION("off") {
    loop.set_debug(false);
    kitchen.all_steps(works(kitchen.clock, 1s));
    CHECK(kitchen.log.lines().empty());
    CHECK(loop.steps.empty());
  }
  SECTION("switched off inside: still reported, as chapter 6 does") {
    kitchen.all_steps([](auto& its_loop, auto& clock) -> Coroutine<> {
      its_loop.set_debug(false);
      co_await works(clock, 1s);
    }(loop, kitchen.clock));
    REQUIRE(kitchen.log.lines().size() == 2);
    CHECK_THAT(kitchen.log.lines()[1], Contains("1.000 s  works()"));
  }
}

// --- The machine's coarse clock
// ---------------------------------------------------

namespace {

// Its coarse reading lags behind, by less than asked for.
struct LaggingClock final : common::VirtualClock {
  nanoseconds coarse_now(nanoseconds behind) const override {
    asked = behind;
    return now() - lag;
  }
  nanoseconds lag = 0ns;
  mutable nanoseconds asked = -1ns;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a clock that is behind takes time from no step", "",
                        Loops) {
  const LogLines log(ch04::WARNING, {"Executing ", "Where the "});
  LaggingClock clock;
  Keeps<TestType> loop(clock);
  loop.slow_callback_duration = 100ms;
  clock.advance(1s);
  const auto cook = [&](nanoseconds duration) -> Coroutine<> {
    clock.advance(duration);
    co_await ch09::sleep(0s);
    clock.lag = 4ms;
  };
  clock.lag = 4ms;
  loop.run_until_complete(cook(103ms));
  REQUIRE(loop.steps.size() == 1);
  CHECK(clock.asked == 5ms);  // a twentieth of the limit
  CHECK(loop.steps[0].took == 103ms);
  CHECK(loop.steps[0].in_coroutines() == 99ms);
  // Less than it is behind: no time at all, and never less than that.
  loop.steps.clear();
  loop.slow_callback_duration = 1ms;
  loop.run_until_complete(cook(2ms));
  REQUIRE(loop.steps.size() == 1);
  CHECK(loop.steps[0].took == 2ms);
  CHECK(loop.steps[0].in_coroutines() == 0ms);
  // Without debug mode the loop does not listen, and no clock is read.
  loop.set_debug(false);
  clock.asked = -1ns;
  loop.run_until_complete(cook(2ms));
  CHECK(clock.asked == -1ns);
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("a clock that is destroyed while a step runs", "",
                        Loops) {
  const LogLines log(ch04::WARNING, {"Executing ", "Where the "});
  auto clock = std::make_unique<common::VirtualClock>();
  Keeps<TestType> loop(*clock);
  const auto cook = [&]() -> Coroutine<> {
    const auto hot = loop.create_future();
    hot.set_result();
    co_await hot;
    clock.reset();
    co_await hot;
    loop.stop();
  };
  const auto task = loop.create_task(cook());
  loop.run_forever();
  CHECK(task.done());
  CHECK(loop.steps.empty());
  loop.close();
}

// --- Random programs
// --------------------------------------------------------------

namespace {

// Adds up the time of each step by itself: what passed in the bodies of its
// coroutines, and what passed outside of them. In debug mode it reports every
// step.
template <class Loop>
class Audited final : public Loop {
 public:
  Audited(common::Clock& clock, bool debug) : Loop(clock) {
    this->set_debug(debug);
    this->slow_callback_duration = 0ns;
    this->set_exception_handler([](auto&, const auto&) {});
  }
  nanoseconds inside{0};
  nanoseconds outside{0};
  int steps = 0;
  int wrong = 0;

 protected:
  void report_slow(ch09::LoopObject& object,
                   nanoseconds took) noexcept override {
    Loop::report_slow(object, took);
    const ch09::Trail& trail = this->trail();
    nanoseconds sum = trail.other_total();
    for (const Stretch& stretch : trail.stretches()) sum += stretch.total;
    if (sum != inside || took != inside + outside) ++wrong;
    const std::string text = trail.report(took);
    double shown = 0;
    for (auto at = text.find('\n'); at != text.npos;
         at = text.find('\n', at + 1)) {
      if (text[at + 3] != ' ') shown += std::stod(text.substr(at));
    }
    // To a half up, of whole milliseconds.
    const auto rounded = std::chrono::floor<std::chrono::milliseconds>(
        took + std::chrono::microseconds(500));
    if (std::lround(1000 * shown) != rounded.count()) ++wrong;
    ++steps;
    inside = outside = 0ns;
  }
};

template <class Loop>
class RandomKitchen {
 public:
  RandomKitchen(unsigned seed, bool debug)
      : random_(seed), loop_(clock_, debug), hot_(made_hot()) {}

  void run() {
    for (int i = number(1, 4); i > 0; --i) {
      tasks_.push_back(loop_.create_task(cook(Ends(*this, loop_.outside))));
    }
    const auto all_done = [this] {
      return std::ranges::all_of(tasks_,
                                 [](auto& task) { return task.done(); });
    };
    for (int rounds = 0; !all_done(); ++rounds) {
      if (rounds > 5 || number(0, 4) == 0) {
        for (const auto& task : tasks_) task.cancel();
      }
      loop_.stop();
      loop_.run_forever();
    }
    loop_.close();
  }

  const Audited<Loop>& loop() const { return loop_; }
  // When each piece of work began, in the order in which they were done.
  const std::vector<nanoseconds>& diary() const { return diary_; }

 private:
  // Its end takes time, which belongs to the given sum.
  class Ends {
   public:
    Ends(RandomKitchen& kitchen, nanoseconds& sum)
        : kitchen_(&kitchen), sum_(sum) {}
    Ends(Ends&& other) noexcept
        : kitchen_(std::exchange(other.kitchen_, nullptr)), sum_(other.sum_) {}
    Ends& operator=(Ends&&) = delete;
    ~Ends() {
      if (kitchen_) kitchen_->work(sum_);
    }

   private:
    RandomKitchen* kitchen_;
    nanoseconds& sum_;
  };

  int number(int low, int high) {
    return std::uniform_int_distribution(low, high)(random_);
  }
  void work(nanoseconds& sum) {
    diary_.push_back(clock_.now());
    const nanoseconds duration = std::chrono::microseconds(number(0, 3000));
    clock_.advance(duration);
    sum += duration;
  }
  ch09::Future<> made_hot() {
    auto hot = loop_.create_future();
    hot.set_result();
    return hot;
  }

  // Held until the end: a task that is dropped would end in another one's step.
  ch09::Task<> child(int depth) {
    tasks_.push_back(
        loop_.create_task(portion(Ends(*this, loop_.outside), depth + 1)));
    return tasks_.back();
  }
  Coroutine<> portion([[maybe_unused]] Ends end, int depth) {
    for (int i = number(0, 3); i > 0; --i) {
      work(loop_.inside);
      switch (number(0, depth > 4 ? 4 : 9)) {
        case 0:
          co_await ch09::sleep(std::chrono::milliseconds(number(0, 2)));
          break;
        case 1:
          co_await hot_;
          break;
        case 2:
          throw std::runtime_error("burnt");
        case 3:
          for (int j = 0; j < 40; ++j) co_await hot_;
          break;
        case 4:
          loop_.call_soon([] {});
          break;
        case 5: {
          const auto task = child(depth);
          co_await ch09::sleep(0s);
          if (number(0, 3) == 0) task.cancel();
          co_await task;
          break;
        }
        case 6: {
          std::vector<ch09::Task<>> both;
          both.push_back(child(depth));
          both.push_back(child(depth));
          co_await ch09::gather(both);
          break;
        }
        default:
          co_await portion(Ends(*this, loop_.inside), depth + 1);
      }
    }
    work(loop_.inside);
  }
  Coroutine<> cook([[maybe_unused]] Ends end) {
    for (int i = 0; i < 3; ++i) {
      try {
        co_await portion(Ends(*this, loop_.inside), 0);
      } catch (const std::runtime_error&) {
        work(loop_.inside);
      }
    }
  }

  std::mt19937 random_;
  common::VirtualClock clock_;
  std::vector<nanoseconds> diary_;
  Audited<Loop> loop_;
  ch09::Future<> hot_;
  std::vector<ch09::Task<>> tasks_;
};

// What debug mode and its reports say adds up, and changes no order.
template <class Loop>
void check_programs(unsigned programs) {
  LogLines log(ch04::WARNING, {"Executing ", "Where the "});
  int steps = 0;
  for (unsigned seed = 0; seed < programs; ++seed) {
    CAPTURE(seed);
    RandomKitchen<Loop> reporting(seed, true);
    reporting.run();
    REQUIRE(reporting.loop().wrong == 0);
    steps += reporting.loop().steps;
    RandomKitchen<Loop> silent(seed, false);
    silent.run();
    REQUIRE(silent.diary() == reporting.diary());
    log.clear();
  }
  CHECK(steps > 10 * static_cast<int>(programs));
}

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "stretches and elsewhere add up to what the step took, always", "", Loops) {
  check_programs<TestType>(1000);
}

// Minutes: pieces_09 "[many]"
TEMPLATE_LIST_TEST_CASE("the same, for 100,000 random programs", "[.][many]",
                        Loops) {
  check_programs<TestType>(100'000);
}
