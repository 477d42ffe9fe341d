// Chapter 10: what holds the loop, told while it does. On a virtual clock the
// reports are exact; on the machine's, callbacks go on until they have been
// reported, so no test depends on how fast a machine is.

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/10_watchdog/event_loop.hpp"
#include "chapters/10_watchdog/native_stack.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/child.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using ch10::Coroutine;
using std::chrono::nanoseconds;

namespace {

using Loops = loops::From<ch10::EventLoop>;

bool is_of_watchdog(const std::string& line) {
  return line.find("WARNING: The loop ") == 0 ||
         line.find("WARNING: The whole process ") == 0;
}

template <class Loop>
struct Kitchen {
  Kitchen() : loop(clock) { loop.set_debug(true); }
  Kitchen(const Kitchen&) = delete;
  Kitchen& operator=(const Kitchen&) = delete;
  ~Kitchen() {
    if (!loop.is_closed()) loop.close();
  }
  // What the watchdog told while the callback ran.
  Lines lines_of(std::function<void()> callback,
                 std::source_location place = std::source_location::current()) {
    log.clear();
    loop.call_soon(std::move(callback), place);
    run_once();
    return lines();
  }
  Lines lines() const {
    Lines lines = log.lines();
    std::erase_if(lines, std::not_fn(is_of_watchdog));
    return lines;
  }
  void run_once() {
    loop.stop();
    loop.run_forever();
  }

  LogLines log{ch04::WARNING, {"The ", "Executing "}};
  common::VirtualClock clock;
  Loop loop;
};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}
Lines first_lines(Lines lines) {
  for (std::string& line : lines) line = first_line(line);
  return lines;
}

std::string held(const std::string& seconds) {
  return "WARNING: The loop has been held for " + seconds +
         " seconds, and still is:";
}
std::string over(const std::string& seconds) {
  return "WARNING: The loop goes on, after " + seconds + " seconds";
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("it barks at the limit, while the callback runs", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  const auto place = std::source_location::current();
  const auto burn = [&] {
    kitchen.clock.advance(99ms);
    CHECK(kitchen.log.lines().empty());
    kitchen.clock.advance(1ms);
    CHECK(kitchen.log.lines().size() == 1);  // and it runs on
    kitchen.clock.advance(50ms);
  };
  const Lines lines = kitchen.lines_of(burn, place);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == held("0.100") + "\n  a callback created at " +
                        common::file_line(place));
  CHECK(lines[1] == over("0.150"));
  CHECK(kitchen.log.lines().size() == 3);  // and chapter 6's
}

TEMPLATE_LIST_TEST_CASE("again at ten times, and at a hundred times", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  SECTION("in one sleep: the alarm stops it on its way") {
    std::vector<nanoseconds> times;
    const Lines lines =
        kitchen.lines_of([&] { kitchen.loop.clock().sleep(12s); });
    CHECK(first_lines(lines) ==
          Lines{held("0.100"), held("1.000"), held("10.000"), over("12.000")});
  }
  SECTION("a quick one says nothing, and the next one begins anew") {
    CHECK(kitchen.lines_of([&] { kitchen.clock.advance(99ms); }).empty());
    CHECK(kitchen.lines_of([&] { kitchen.clock.advance(99ms); }).empty());
    CHECK(first_lines(kitchen.lines_of([&] {
            kitchen.clock.advance(100ms);
          })) == Lines{held("0.100"), over("0.100")});
  }
  SECTION("the limit is the loop's") {
    kitchen.loop.slow_callback_duration = 2s;
    CHECK(first_lines(kitchen.lines_of([&] { kitchen.clock.advance(21s); })) ==
          Lines{held("2.000"), held("20.000"), over("21.000")});
  }
  SECTION("no time at all is a millisecond") {
    kitchen.loop.slow_callback_duration = 0ns;
    CHECK(kitchen.lines_of([&] { kitchen.clock.advance(999us); }).empty());
    CHECK(first_lines(kitchen.lines_of([&] { kitchen.clock.advance(5ms); })) ==
          Lines{held("0.001"), over("0.005")});
  }
  SECTION("to the end of time") {
    kitchen.lines_of([&] { kitchen.clock.advance(nanoseconds::max()); });
    CHECK(kitchen.lines().size() == 11 + 1);  // 10^-1 to 10^9 s
    kitchen.loop.slow_callback_duration = nanoseconds::max();
    CHECK(kitchen.lines_of([&] { kitchen.clock.advance(1h); }).empty());
  }
}

TEMPLATE_LIST_TEST_CASE("an hour of waiting is silent", "", Loops) {
  Kitchen<TestType> kitchen;
  int ticks = 0;
  kitchen.loop.call_later(1h, [&] { ++ticks; });
  kitchen.loop.call_later(2h, [&] { kitchen.loop.stop(); });
  kitchen.loop.run_forever();
  CHECK(ticks == 1);
  CHECK(kitchen.log.lines().empty());
  // Nor does anyone bark between two runs.
  kitchen.clock.advance(1h);
  CHECK(kitchen.log.lines().empty());
}

namespace {

Coroutine<> burns(common::VirtualClock& clock) {
  clock.advance(100ms);
  co_return;
}
Coroutine<> burns_later(common::VirtualClock& clock) {
  co_await ch10::sleep(1s);
  clock.advance(100ms);
}
const std::string kBurnsLaterAt = here(-3);
Coroutine<> middle(common::VirtualClock& clock, bool later) {
  if (later) co_await burns_later(clock);
  if (!later) co_await burns(clock);
}
const int kMiddle =
    static_cast<int>(std::source_location::current().line()) - 5;

std::string in_test(int line) {
  return "10_watchdog_test.cpp:" + std::to_string(line);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("it names the chain of coroutines", "", Loops) {
  Kitchen<TestType> kitchen;
  auto& loop = kitchen.loop;
  const std::string begin =
      held("0.100") + "\n  a step of the task created at ";
  SECTION("the innermost has passed its last co_await") {
    const std::string place = here(1);
    loop.run_until_complete(middle(kitchen.clock, true));
    REQUIRE(kitchen.lines().size() == 2);
    CHECK(kitchen.lines()[0] == begin + place + "\n  middle() at " +
                                    in_test(kMiddle + 1) +
                                    "\n  burns_later() after " + kBurnsLaterAt);
  }
  SECTION("or has not reached one") {
    const std::string place = here(1);
    const auto task = loop.create_task(middle(kitchen.clock, false));
    loop.run_until_complete(task);
    REQUIRE(kitchen.lines().size() == 2);
    CHECK(kitchen.lines()[0] == begin + place + "\n  middle() at " +
                                    in_test(kMiddle + 2) +
                                    "\n  burns() before its first co_await");
  }
  SECTION("one that has ended hands back to its caller") {
    std::string at;
    const auto cook = [&]() -> Coroutine<> {
      at = here(1);
      co_await [](common::VirtualClock&) -> Coroutine<> {
        co_return;
      }(kitchen.clock);
      kitchen.clock.advance(100ms);
    };
    loop.run_until_complete(cook());
    CHECK_THAT(kitchen.lines().at(0),
               Catch::Matchers::EndsWith("() after " + at));
  }
  SECTION("and when all have ended, there is none") {
    struct SlowEnd {
      common::VirtualClock* clock;
      ~SlowEnd() { clock->advance(100ms); }
    };
    const auto place = here(1);
    loop.run_until_complete([](std::unique_ptr<SlowEnd>) -> Coroutine<> {
      co_return;
    }(std::make_unique<SlowEnd>(&kitchen.clock)));
    CHECK(kitchen.lines().at(0) == begin + place);
  }
  SECTION("of the next callback, nothing of that is left") {
    loop.run_until_complete(burns(kitchen.clock));
    const auto line = here(1);
    const Lines lines = kitchen.lines_of([&] { kitchen.clock.advance(100ms); });
    CHECK(lines.at(0).find("burns") == std::string::npos);
    CHECK_THAT(lines.at(0), Contains("a callback created at "));
  }
  SECTION("a deep one is cut") {
    struct Nested {
      static Coroutine<> dig(common::VirtualClock& clock, int depth) {
        if (depth == 0) clock.advance(100ms);
        if (depth > 0) co_await dig(clock, depth - 1);
      }
    };
    loop.run_until_complete(Nested::dig(kitchen.clock, 100'000));
    const std::string text = kitchen.lines().at(0);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2 + 16);
    CHECK_THAT(text, Contains("\n  ...\n") && Catch::Matchers::EndsWith(
                                                  "before its first co_await"));
  }
}

TEMPLATE_LIST_TEST_CASE("switches", "", Loops) {
  Kitchen<TestType> kitchen;
  auto& loop = kitchen.loop;
  const auto burn = [&] { kitchen.clock.advance(1s); };
  SECTION("without debug mode") {
    loop.set_debug(false);
    kitchen.lines_of(burn);
    CHECK(kitchen.log.lines().empty());
  }
  SECTION("without it") {
    loop.watchdog = false;
    CHECK(kitchen.lines_of(burn).empty());
    CHECK(kitchen.log.lines().size() == 1);  // chapter 6's
    loop.watchdog = true;
    CHECK(kitchen.lines_of(burn).size() == 3);
    loop.watchdog = false;
    CHECK(kitchen.lines_of(burn).empty());
  }
  SECTION("switched off while it runs: from the next iteration on") {
    CHECK(kitchen
              .lines_of([&] {
                loop.set_debug(false);
                burn();
              })
              .size() == 3);
    CHECK(kitchen.lines_of(burn).empty());
  }
}

TEMPLATE_LIST_TEST_CASE("ten reports a minute, and the others are counted", "",
                        Loops) {
  Kitchen<TestType> kitchen;
  auto& loop = kitchen.loop;
  const auto burn = [&] { kitchen.clock.advance(100ms); };
  for (int i = 0; i < 12; ++i) {
    const Lines lines = kitchen.lines_of(burn);
    CHECK(lines.size() == (i < 10 ? 2 : 0));
  }
  kitchen.clock.advance(1min);
  const Lines lines = kitchen.lines_of(burn);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Catch::Matchers::EndsWith(
                           "\n  (2 reports before this one were left out)"));
  CHECK_THAT(kitchen.lines_of(burn).at(0), !Contains("left out"));
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("a clock that a callback destroys", "", Loops) {
  const LogLines log(ch04::WARNING, {"The ", "Executing "});
  auto clock = std::make_unique<common::VirtualClock>();
  TestType loop(*clock);
  loop.set_debug(true);
  loop.call_soon([&] {
    clock->advance(1s);
    clock.reset();
    loop.stop();
  });
  loop.run_forever();
  CHECK(first_line(log.lines().at(0)) == held("0.100"));
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("while an exception is on its way", "", Loops) {
  Kitchen<TestType> kitchen;
  struct SlowEnd {
    common::VirtualClock& clock;
    ~SlowEnd() { clock.advance(100ms); }
  };
  const Lines lines = kitchen.lines_of([&] {
    try {
      const SlowEnd end{kitchen.clock};
      throw std::runtime_error("burnt");
    } catch (const std::runtime_error&) {
    }
  });
  CHECK_THAT(lines.at(0), Contains("(an exception is on its way: no stack)"));
}

// --- The alarm of the virtual clock ------------------------------------------

TEST_CASE("the alarm stops the clock on its way") {
  common::VirtualClock clock;
  std::vector<nanoseconds> rung;
  const auto ring = [&](nanoseconds step) {
    return [&, step]() -> std::optional<nanoseconds> {
      rung.push_back(clock.now());
      if (rung.size() == 3) return std::nullopt;
      return clock.now() + step;
    };
  };
  SECTION("each time that it asks for, and no more") {
    clock.set_alarm(2s, ring(3s));
    clock.advance(1999ms);
    CHECK(rung.empty());
    clock.advance(1ms);
    CHECK(rung == std::vector<nanoseconds>{2s});
    clock.sleep(20s);
    CHECK(rung == std::vector<nanoseconds>{2s, 5s, 8s});
    CHECK(clock.now() == 22s);
  }
  SECTION("not after it was cleared") {
    clock.set_alarm(2s, ring(1s));
    clock.clear_alarm();
    clock.advance(5s);
    CHECK(rung.empty());
  }
  SECTION("a time that is not later ends it") {
    clock.set_alarm(2s, ring(0s));
    clock.advance(5s);
    CHECK(rung == std::vector<nanoseconds>{2s});
  }
  SECTION("it may move the clock") {
    clock.set_alarm(2s, [&]() -> std::optional<nanoseconds> {
      clock.advance(10s);
      return std::nullopt;
    });
    clock.advance(5s);
    CHECK(clock.now() == 12s);
  }
}

// --- The machine's clock
// ---------------------------------------------------------

namespace {

// Takes the watchdog's lines, from any thread.
class Ears {
 public:
  Ears() {
    ch04::reset_logging();
    collector_->set_formatter(ch04::Formatter("%(levelname)s: %(message)s"));
    ch04::get_logger().add_handler(collector_);
  }
  Ears(const Ears&) = delete;
  Ears& operator=(const Ears&) = delete;
  ~Ears() { ch04::reset_logging(); }

  Lines lines() const { return collector_->get(); }
  // The first report.
  std::string report() const {
    for (const std::string& line : lines()) {
      if (line.find("and still is") != line.npos) return line;
    }
    return "";
  }
  std::size_t size() const { return collector_->get().size(); }
  // Has a line with these words come? Lets `meanwhile` run until then. It gives
  // up after half a minute: to find lines in a large program takes a while.
  bool hear(const std::string& words, const std::function<void()>& meanwhile) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < deadline) {
      for (const std::string& line : lines()) {
        if (line.find(words) != std::string::npos) return true;
      }
      meanwhile();
    }
    return false;
  }

 private:
  struct Collector final : ch04::Handler {
    void emit(const ch04::LogRecord& record) override {
      const std::lock_guard lock(mutex);
      const std::string line = format(record);
      if (is_of_watchdog(line) || line.find("no watchdog") != line.npos) {
        lines.push_back(line);
      }
    }
    Lines get() const {
      const std::lock_guard lock(mutex);
      return lines;
    }
    mutable std::mutex mutex;
    Lines lines;
  };

  std::shared_ptr<Collector> collector_ = std::make_shared<Collector>();
};

// Both are looked for in reports, so they must not be merged into others.
[[gnu::noinline]] void heat_and_sleep() { std::this_thread::sleep_for(2ms); }
[[gnu::noinline]] void heat_and_compute() {
  const auto end = std::chrono::steady_clock::now() + 2ms;
  // It rarely asks: in the middle of a jump to another library no stack can be
  // read.
  while (std::chrono::steady_clock::now() < end) {
    for (volatile int i = 0; i < 100'000;) i = i + 1;
  }
}

template <class Loop>
struct RealKitchen {
  RealKitchen() {
    loop.set_debug(true);
    loop.slow_callback_duration = 20ms;
  }
  RealKitchen(const RealKitchen&) = delete;
  RealKitchen& operator=(const RealKitchen&) = delete;
  ~RealKitchen() {
    if (!loop.is_closed()) loop.close();
  }
  void run(std::function<void()> callback) {
    loop.call_soon(std::move(callback));
    loop.call_soon([this] { loop.stop(); });
    loop.run_forever();
  }

  Ears ears;
  Loop loop;
};

// ThreadSanitizer hides the stack, and an optimised build has no lines.
std::string shown(const std::string& function) {
  if (kThreadSanitizer) return "";
#ifdef __OPTIMIZE__
  return function;
#else
  return function + " at 10_w";
#endif
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a report comes while it lasts, and names the function",
                        "", Loops) {
  std::string text;
  {
    RealKitchen<TestType> kitchen;
    SECTION("that waits") {
      const auto cook = [&]() -> Coroutine<> {
        co_await ch10::sleep(1ms);
        CHECK(kitchen.ears.hear("and still is", heat_and_sleep));
        text = kitchen.ears.report();
      };
      kitchen.loop.run_until_complete(cook());
      CHECK_THAT(text,
                 Contains("(it waits: ") && Contains("<lambda>() after "));
      CHECK_THAT(text, Contains(shown("heat_and_sleep()")));
    }
    SECTION("that computes") {
      kitchen.run([&] {
        CHECK(kitchen.ears.hear("and still is", heat_and_compute));
        text = kitchen.ears.report();
      });
      // On a busy machine, it may have waited for a processor.
      CHECK_THAT(text, Contains("s of CPU time)") &&
                           Contains("a callback created at "));
      CHECK_THAT(text, Contains(shown("heat_and_compute()")));
    }
    CHECK_THAT(text, StartsWith("WARNING: The loop has been held for 0."));
    CHECK_THAT(text, !Contains("on_signal") && !Contains("run_once"));
  }
}

TEMPLATE_LIST_TEST_CASE("one line when it is over, even if the loop ends", "",
                        Loops) {
  std::optional<RealKitchen<TestType>> kitchen(std::in_place);
  auto& ears = kitchen->ears;
  Lines lines;
  kitchen->run([&] { CHECK(ears.hear("and still is", heat_and_sleep)); });
  SECTION("soon after") {
    kitchen->run([&] { CHECK(ears.hear("The loop goes on", heat_and_sleep)); });
    lines = ears.lines();
  }
  SECTION("while it rests") {
    kitchen->loop.call_later(100ms, [] {});
    CHECK(ears.hear("The loop goes on", heat_and_sleep));
    lines = ears.lines();
  }
  SECTION("at the latest when it is destroyed") {
    auto loop = std::make_unique<TestType>();
    loop->set_debug(true);
    loop->slow_callback_duration = 20ms;
    loop->call_soon([&, before = ears.size()] {
      while (ears.size() == before) heat_and_sleep();
      loop->stop();
    });
    loop->run_forever();
    loop->close();
    loop.reset();
    lines = ears.lines();
    CHECK_THAT(lines.back(), StartsWith("WARNING: The loop goes on, after "));
  }
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return line.find("goes on") != line.npos;
        }) >= 1);
}

TEMPLATE_LIST_TEST_CASE("two loops on two threads", "", Loops) {
  const Ears ears;
  std::atomic<int> reported = 0;
  const auto serve = [&](const std::source_location& place) {
    TestType loop;
    loop.set_debug(true);
    loop.slow_callback_duration = 20ms;
    loop.call_soon(
        [&] {
          const std::string mine = common::file_line(place);
          const auto deadline = std::chrono::steady_clock::now() + 30s;
          bool seen = false;
          while (!seen && std::chrono::steady_clock::now() < deadline) {
            heat_and_sleep();
            for (const std::string& line : ears.lines()) {
              seen = seen || line.find(mine) != line.npos;
            }
          }
          if (seen) ++reported;
          loop.stop();
        },
        place);
    loop.run_forever();
    loop.close();
  };
  std::thread other(serve, std::source_location::current());
  serve(std::source_location::current());
  other.join();
  CHECK(reported == 2);
}

TEMPLATE_LIST_TEST_CASE("a loop that moves to another thread", "", Loops) {
  RealKitchen<TestType> kitchen;
  kitchen.run([] {});
  std::thread([&] {
    kitchen.run(
        [&] { CHECK(kitchen.ears.hear("and still is", heat_and_sleep)); });
  }).join();
  CHECK_THAT(kitchen.ears.report(), Contains(shown("heat_and_sleep()")));
}

TEMPLATE_LIST_TEST_CASE("a thread that does not listen", "", Loops) {
  RealKitchen<TestType> kitchen;
  sigset_t urgent;
  sigset_t before;
  ::sigemptyset(&urgent);
  ::sigaddset(&urgent, SIGURG);
  ::pthread_sigmask(SIG_BLOCK, &urgent, &before);
  kitchen.run([&] {
    CHECK(kitchen.ears.hear("its thread does not answer", heat_and_sleep));
  });
  // The signal comes now, and nobody asks for it any more.
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  kitchen.run([] {});
}

TEMPLATE_LIST_TEST_CASE("signals that are not the watchdog's", "", Loops) {
  RealKitchen<TestType> kitchen;
  kitchen.run([] {});
  ::raise(SIGURG);  // no callback runs
  kitchen.run([] {
    for (int i = 0; i < 1000; ++i) ::raise(SIGURG);
  });
  CHECK(kitchen.ears.lines().empty());
}

TEMPLATE_LIST_TEST_CASE("exceptions, while it samples", "", Loops) {
  RealKitchen<TestType> kitchen;
  kitchen.loop.slow_callback_duration = 1ms;
  for (int i = 0; i < 40; ++i) {
    kitchen.run([] {
      int caught = 0;
      const auto end = std::chrono::steady_clock::now() + 4ms;
      while (std::chrono::steady_clock::now() < end) {
        try {
          throw std::runtime_error("burnt");
        } catch (const std::runtime_error&) {
          ++caught;
        }
      }
      CHECK(caught > 0);
    });
  }
}

TEMPLATE_LIST_TEST_CASE("fork(), and the child has no watchdog's thread", "",
                        Loops) {
  if (kThreadSanitizer) return;
  RealKitchen<TestType> kitchen;
  std::string end;
  kitchen.run([&] {
    end = child::run([&] {
      TestType own;
      own.set_debug(true);
      return 0;
    });
  });
  CHECK(end == "exit 0");
  // Outside of a callback, with the parent's loop: it runs and it ends there.
  end = child::run(
      [&] {
        kitchen.run([&] {
          if (!kitchen.ears.hear("and still is", heat_and_sleep)) ::_exit(1);
        });
        kitchen.loop.close();
        return 0;
      },
      60s);
  CHECK(end == "exit 0");
}

// On a busy machine it may fail: pieces_10 "[quiet]".
TEMPLATE_LIST_TEST_CASE("a stopped process is not the callback's fault",
                        "[.][quiet]", Loops) {
  if (kThreadSanitizer) return;
  const std::string end = child::run(
      [] {
        RealKitchen<TestType> kitchen;
        bool heard = false;
        kitchen.run([&] {
          // It is seen first, so that the watchdog watches it.
          std::this_thread::sleep_for(15ms);
          const pid_t helper = ::fork();
          if (helper == 0) {
            ::kill(::getppid(), SIGSTOP);
            ::usleep(200'000);
            ::kill(::getppid(), SIGCONT);
            ::_exit(0);
          }
          heard = kitchen.ears.hear("The whole process stood still for 0.",
                                    heat_and_sleep);
        });
        return heard ? 0 : 1;
      },
      60s);
  CHECK(end == "exit 0");
}

#ifdef __GLIBC__
TEMPLATE_LIST_TEST_CASE("no thread left: it says so once, and runs", "",
                        Loops) {
  RealKitchen<TestType> kitchen;
  pthread_attr_t before;
  pthread_attr_t huge;
  ::pthread_getattr_default_np(&before);
  ::pthread_getattr_default_np(&huge);
  ::pthread_attr_setstacksize(&huge, std::size_t{1} << 50);  // no memory has it
  ::pthread_setattr_default_np(&huge);
  int ran = 0;
  kitchen.run([&] { ++ran; });
  ::pthread_setattr_default_np(&before);
  kitchen.run([&] { ++ran; });
  CHECK(ran == 2);
  REQUIRE(kitchen.ears.size() == 1);
  CHECK_THAT(
      kitchen.ears.lines()[0],
      StartsWith("WARNING: The loop has no watchdog, and runs without") &&
          Contains("Resource temporarily unavailable"));
}
#endif

TEMPLATE_LIST_TEST_CASE("a program that handles the signal itself", "", Loops) {
  struct sigaction mine{};
  struct sigaction before{};
  mine.sa_handler = [](int) {};
  ::sigaction(SIGURG, &mine, &before);
  {
    RealKitchen<TestType> kitchen;
    kitchen.run([] {});
    kitchen.run([] {});
    REQUIRE(kitchen.ears.size() == 1);
    CHECK_THAT(kitchen.ears.lines()[0],
               Contains("the program handles SIGURG itself"));
  }
  ::sigaction(SIGURG, &before, nullptr);
}

#if defined(__linux__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
TEMPLATE_LIST_TEST_CASE("no system call for a turn of the loop", "[.][quiet]",
                        Loops) {
  // In this mode the kernel ends a thread at each call that is not read, write
  // or the thread's end.
  const std::string end = child::run([] {
    std::atomic<int> turns = 0;
    std::atomic<bool> refused = false;
    std::thread([&] {
      TestType loop;
      loop.set_debug(true);
      int left = 20'000;
      std::function<void()> turn = [&] {
        if (left == 10'000 && ::prctl(PR_SET_SECCOMP, 1) != 0) {
          refused = true;  // not on this machine
          left = 0;
        }
        ++turns;
        if (--left <= 0) ::syscall(SYS_exit, 0);
        loop.call_soon(turn);
      };
      loop.call_soon(turn);
      loop.run_forever();
    }).detach();
    for (int i = 0; i < 4000 && turns < 20'000 && !refused; ++i) {
      std::this_thread::sleep_for(1ms);
    }
    return turns == 20'000 || refused ? 0 : 1;
  });
  CHECK(end == "exit 0");
}
#endif
