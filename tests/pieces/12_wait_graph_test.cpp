// Chapter 12: who waits for whom, and who for nobody. On a virtual clock all
// ages are exact, and a loop that nothing can wake says so at once.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/clock.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/count.hpp"
#include "tests/pieces/in_a_thread.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using ch12::Coroutine;
using ch12::Future;
using ch12::Task;
using std::chrono::nanoseconds;

namespace {

constexpr const char* kStuck =
    "ERROR: Only another thread could wake this loop now: it has no callback, "
    "no timer and no descriptor. Who waits for whom:\n";

struct Restaurant {
  explicit Restaurant(
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      common::Clock* other_clock = nullptr)
      : loop(other_clock ? *other_clock : clock, std::move(selector)) {
    loop.set_debug(true);
    loop.throw_on_deadlock = true;
  }
  Restaurant(const Restaurant&) = delete;
  Restaurant& operator=(const Restaurant&) = delete;
  // Ends what still waits, in silence.
  ~Restaurant() {
    const ch07::CatchWarnings quiet(ch07::Record::yes);
    if (!loop.is_closed()) {
      for (const auto& task : loop.all_tasks()) task->cancel();
      run_once();
      run_once();
      loop.close();
    }
  }

  // Runs until nothing can go on, and returns the graph without the first line.
  std::string graph_at_the_end() {
    log.clear();
    CHECK_THROWS_AS(loop.run_forever(), ch12::Deadlock);
    const auto lines = log.lines();
    if (lines.size() != 1 || lines[0].rfind(kStuck, 0) != 0) {
      FAIL_CHECK("not one report, but " << lines.size());
      return lines.empty() ? "" : lines[0];
    }
    return lines[0].substr(std::string(kStuck).size());
  }
  void run_once() {
    loop.stop();
    loop.run_forever();
  }

  LogLines log{ch04::WARNING};
  common::VirtualClock clock;
  ch12::EventLoop loop;
};

Coroutine<> waits(Future<> future) { co_await future; }
Coroutine<> waits_for_task(const Task<>& task) { co_await task; }
Coroutine<> waits_for_nobody(ch12::EventLoop& loop) {
  co_await loop.create_future();
}

// Without the places, which are of no interest where shapes are.
std::string shape(const std::string& graph) {
  std::string text;
  std::size_t from = 0;
  while (from < graph.size()) {
    const auto end = std::min(graph.find('\n', from), graph.size());
    std::string line = graph.substr(from, end - from);
    for (const char* const stop : {", made ", " created at "}) {
      const auto cut = line.find(stop);
      if (cut != std::string::npos) line.resize(cut);
    }
    text += line + "\n";
    from = end + 1;
  }
  return text;
}

}  // namespace

TEST_CASE("a line has the task, its maker, its age, and all its coroutines") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  std::string made, awaits;
  Task<> guest;
  const auto inner = [&]() -> Coroutine<> { awaits = here(), co_await bell; };
  std::string outer_awaits;
  const auto outer = [&]() -> Coroutine<> {
    outer_awaits = here(), co_await inner();
  };
  const auto host = [&]() -> Coroutine<> {
    made = here(), guest = loop.create_task(outer(), "guest");
    co_await ch12::sleep(250ms);
    co_await ch12::shield(guest);
  };
  const std::string made_host = here(+1);
  const auto task = loop.create_task(host(), "host");
  const std::string graph = restaurant.graph_at_the_end();
  CHECK_THAT(graph, Contains("  host, made at " + made_host +
                             ", waits for 0.000 s: "));
  CHECK_THAT(graph, Contains("\n      guest, made by host at " + made +
                             ", waits for 0.250 s: "));
  CHECK_THAT(graph, Contains("() at " + outer_awaits + " > "));
  CHECK_THAT(graph, Contains("() at " + awaits + "\n"));
  CHECK_THAT(graph, Contains("\n        Future #2 created at "));
  CHECK_THAT(graph, Contains(", held by 1 other"));
}

TEST_CASE("what gather, shield and wait_for wait for is below them") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  const auto a = loop.create_task(waits(bell), "a");
  const auto b = loop.create_task(waits(bell), "b");
  const auto c = loop.create_task(waits(bell), "c");
  const auto all = [&]() -> Coroutine<> {
    co_await ch12::gather(a, ch12::shield(b), ch12::gather_outcomes(c));
  };
  const auto in_time = [&]() -> Coroutine<> {
    co_await ch12::wait_for(a, std::nullopt);
  };
  const auto top = loop.create_task(all(), "top");
  const auto timed = loop.create_task(in_time(), "timed");
  CHECK(shape(restaurant.graph_at_the_end()) ==
        "  top\n"
        "    _GatheringFuture #1\n"
        "      a\n"
        "        Future #2\n"
        "      Future #3\n"
        "        b\n"
        "          Future #2 (see above)\n"
        "      _GatheringFuture #4\n"
        "        c\n"
        "          Future #2 (see above)\n"
        "  timed\n"
        "    a (see above)\n");
}

TEST_CASE("wait_for without time shows the task that does not end") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  const auto stubborn = [&]() -> Coroutine<> {
    try {
      co_await bell;
    } catch (const ch12::CancelledError&) {
    }
    co_await bell;
  };
  const auto task = loop.create_task(stubborn(), "stubborn");
  const auto impatient = [&]() -> Coroutine<> {
    co_await ch12::sleep(0s);
    co_await ch12::wait_for(task, 0s);
  };
  const auto second = loop.create_task(impatient(), "impatient");
  const auto bell_again = loop.create_future();
  // The first cancellation ends bell: the second co_await goes on at once, and
  // then another future is needed.
  const auto endless = [&]() -> Coroutine<> {
    try {
      co_await bell_again;
    } catch (const ch12::CancelledError&) {
    }
    co_await loop.create_future();
  };
  const auto third = loop.create_task(endless(), "endless");
  const auto waiter = [&]() -> Coroutine<> {
    co_await ch12::sleep(0s);
    co_await ch12::wait_for(third, 0s);
  };
  const auto fourth = loop.create_task(waiter(), "fourth");
  CHECK(shape(restaurant.graph_at_the_end()) ==
        "  fourth\n"
        "    Future #1\n"
        "      endless\n"
        "        Future #2\n");
}

TEST_CASE("a diamond is told once") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  const auto bottom = loop.create_task(waits(bell), "bottom");
  const auto left = loop.create_task(waits_for_task(bottom), "left");
  const auto right = loop.create_task(waits_for_task(bottom), "right");
  const auto both = [&]() -> Coroutine<> {
    co_await ch12::gather(left, right);
  };
  const auto top = loop.create_task(both(), "top");
  CHECK(shape(restaurant.graph_at_the_end()) ==
        "  top\n"
        "    _GatheringFuture #1\n"
        "      left\n"
        "        bottom\n"
        "          Future #2\n"
        "      right\n"
        "        bottom (see above)\n");
}

TEST_CASE("a circle is told as a path") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  std::array<Task<>, 4> tasks;
  const auto waits_for_next = [&](std::size_t next) -> Coroutine<> {
    co_await ch12::sleep(0s);
    co_await tasks[next];
  };
  const std::array<std::string, 4> names{"anna", "ben", "carl", "dora"};
  const auto make = [&](std::size_t who, std::size_t next) {
    tasks[who] = loop.create_task(waits_for_next(next), names[who]);
  };

  SECTION("of one") {
    const auto itself = [&]() -> Coroutine<> {
      co_await ch12::gather(std::vector<Task<>>(1, tasks[0]));
    };
    tasks[0] = loop.create_task(itself(), "anna");
    CHECK(shape(restaurant.graph_at_the_end()) ==
          "  anna\n"
          "    _GatheringFuture #1\n"
          "      anna, a circle: anna > anna\n");
  }
  SECTION("of two") {
    make(0, 1), make(1, 0);
    CHECK(shape(restaurant.graph_at_the_end()) ==
          "  anna\n"
          "    ben\n"
          "      anna, a circle: anna > ben > anna\n");
  }
  SECTION("of three, with a tail into it") {
    make(0, 1), make(1, 2), make(2, 3), make(3, 1);
    CHECK(shape(restaurant.graph_at_the_end()) ==
          "  anna\n"
          "    ben\n"
          "      carl\n"
          "        dora\n"
          "          ben, a circle: ben > carl > dora > ben\n");
  }
  SECTION("that begins at a gathering") {
    Future<std::vector<std::monostate>> all;
    const auto child = [&]() -> Coroutine<> { co_await all; };
    const auto maker = [&]() -> Coroutine<> {
      tasks[1] = loop.create_task(child(), "ben");
      all = ch12::gather(std::vector<Task<>>(1, tasks[1]));
      co_await all;
    };
    tasks[0] = loop.create_task(maker(), "anna");
    CHECK(shape(restaurant.graph_at_the_end()) ==
          "  anna\n"
          "    _GatheringFuture #1\n"
          "      ben\n"
          "        _GatheringFuture #1, a circle: ben > ben\n");
  }
  SECTION("through futures that somebody has promised to finish") {
    const auto fork = loop.create_future();
    const auto knife = loop.create_future();
    const auto eater = [&](Future<> mine, Future<> other) -> Coroutine<> {
      loop.set_owner(mine);
      co_await ch12::sleep(0s);
      co_await other;
    };
    tasks[0] = loop.create_task(eater(fork, knife), "anna");
    tasks[1] = loop.create_task(eater(knife, fork), "ben");
    const std::string graph = restaurant.graph_at_the_end();
    CHECK(shape(graph) ==
          "  anna\n"
          "    Future #1\n"
          "      ben\n"
          "        Future #2\n"
          "          anna, a circle: anna > ben > anna\n");
    CHECK_THAT(graph, Contains(", a promise of ben\n"));
  }
}

TEST_CASE("a circle of many is shortened") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  std::vector<Task<>> tasks(30);
  const auto waits_for_next = [&](std::size_t next) -> Coroutine<> {
    co_await ch12::sleep(0s);
    co_await tasks[next];
  };
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i] = loop.create_task(waits_for_next((i + 1) % tasks.size()),
                                "t" + std::to_string(i));
  }
  const std::string graph = restaurant.graph_at_the_end();
  CHECK_THAT(graph, Contains("\n" + std::string(42, ' ') +
                             "(level 30) t0, a circle: t0 > t1 > t2 > t3 > t4 "
                             "> t5 > t6 > t7 > t8 > t9 > 20 others > t0"));
  CHECK_THAT(graph, Contains("\n" + std::string(42, ' ') + "t20, made at "));
}

TEST_CASE("a future that only its waiters hold can only be cancelled") {
  constexpr const char* kNobody =
      ", which nobody else holds: only a cancellation can end this";
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  SECTION("one waiter") {
    const auto task = loop.create_task(waits_for_nobody(loop), "cook");
    CHECK(count(restaurant.graph_at_the_end(), kNobody) == 1);
    task.cancel();
    restaurant.run_once();
    restaurant.run_once();
    CHECK(task.cancelled());
  }
  SECTION("many waiters") {
    auto bell = loop.create_future();
    const auto waits_for_it = [&]() -> Coroutine<> { co_await bell; };
    std::vector<Task<>> guests;
    for (int i = 0; i < 5; ++i)
      guests.push_back(loop.create_task(waits_for_it()));
    restaurant.run_once();
    SECTION("all hold it, and the variable does") {
      CHECK_THAT(loop.wait_graph(), Contains(", held by 1 other"));
    }
    SECTION("the variable lets go") {
      bell = {};
      CHECK(count(loop.wait_graph(), kNobody) == 1);
    }
  }
  SECTION("in a gathering and a shield") {
    const auto task = [&]() -> Coroutine<> {
      co_await ch12::gather(loop.create_future(),
                            ch12::shield(loop.create_future()),
                            ch12::gather_outcomes(loop.create_future()));
    };
    const auto cook = loop.create_task(task(), "cook");
    CHECK(count(restaurant.graph_at_the_end(), kNobody) == 3);
  }
  SECTION("a local variable hides it") {
    const auto task = [&]() -> Coroutine<> {
      const auto plate = loop.create_future();
      co_await plate;
    };
    const auto cook = loop.create_task(task(), "cook");
    const std::string graph = restaurant.graph_at_the_end();
    CHECK(count(graph, kNobody) == 0);
    CHECK_THAT(graph, Contains(", held by 1 other"));
  }
  SECTION("a timer holds the future of a sleep") {
    const auto nap = [&]() -> Coroutine<> { co_await ch12::sleep(1s); };
    const auto cook = loop.create_task(nap(), "cook");
    restaurant.run_once();
    CHECK(count(loop.wait_graph(), kNobody) == 0);
  }
}

TEST_CASE("a promise ends with its future, or outlives its task") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  const auto promises = [&]() -> Coroutine<> {
    loop.set_owner(bell);
    co_await ch12::sleep(1ms);
  };
  const auto cook = loop.create_task(promises(), "cook");
  const auto guest = loop.create_task(waits(bell), "guest");
  restaurant.run_once();
  CHECK_THAT(loop.wait_graph(), Contains(", a promise of cook\n"));
  SECTION("the task has ended") {
    CHECK_THAT(restaurant.graph_at_the_end(),
               Contains(", a promise of cook, which has ended"));
  }
  SECTION("it is taken back") {
    loop.set_owner(bell, nullptr);
    CHECK_THAT(loop.wait_graph(), !Contains("promise"));
  }
  SECTION("another future at the same address has no owner") {
    auto gone = loop.create_future();
    loop.set_owner(gone, loop.all_tasks().at(0));
    gone = {};
    const auto waits_for_new = [&]() -> Coroutine<> {
      co_await loop.create_future();
    };
    const auto task = loop.create_task(waits_for_new(), "new");
    restaurant.run_once();
    CHECK(count(loop.wait_graph(), "a promise of") == 1);  // bell's
    CHECK(count(loop.wait_graph(), "nobody else") == 1);
  }
}

TEST_CASE("an orphan: its maker has ended, and nobody awaits it") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  Task<> child, awaited, called;
  std::string made;
  const auto maker = [&]() -> Coroutine<> {
    made = here(), child = loop.create_task(waits(bell), "child");
    awaited = loop.create_task(waits(bell), "awaited");
    called = loop.create_task(waits(bell), "called");
    called.add_done_callback([](const auto&) {});
    co_await ch12::sleep(1ms);
  };
  const auto parent = loop.create_task(maker(), "parent");
  const auto waiter = loop.create_task(
      [](const Task<>* task) -> Coroutine<> {
        co_await ch12::sleep(0s);
        co_await *task;
      }(&awaited),
      "waiter");
  restaurant.run_once();
  CHECK_THAT(loop.wait_graph(), !Contains("orphan"));
  CHECK_THAT(loop.wait_graph(), Contains("child, made by parent at " + made));
  const std::string graph = restaurant.graph_at_the_end();
  CHECK(count(graph, "orphan") == 1);
  CHECK_THAT(graph, Contains("  child, an orphan, made at " + made +
                             " by a task that has ended, waits for "));
  CHECK(count(graph, "by a task that has ended") == 3);
}

TEST_CASE("a task that does not wait says what it does") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  std::string graph;
  const auto looks = [&]() -> Coroutine<> {
    graph = loop.wait_graph();
    co_return;
  };
  const auto first = loop.create_task(looks(), "looks");
  const auto second = loop.create_task(waits(loop.create_future()), "second");
  const auto yields = [&]() -> Coroutine<> { co_await ch12::sleep(0s); };
  restaurant.run_once();
  CHECK_THAT(graph, Contains("  looks, made at "));
  CHECK(count(graph, ", runs: ") == 1);
  CHECK(count(graph, ", has not begun: ") == 1);
  const auto third = loop.create_task(yields(), "third");
  restaurant.run_once();
  CHECK(count(loop.wait_graph(), ", has its turn next: ") == 1);
}

TEST_CASE("a loop without tasks has an empty graph") {
  CHECK(Restaurant().loop.wait_graph().empty());
}

TEST_CASE("without debug mode there is a graph, and no report") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  loop.set_debug(false);
  const auto task = loop.create_task(waits_for_nobody(loop), "cook");
  // Nothing could wake it: so another thread does.
  std::thread thread([&] { loop.call_soon_threadsafe([&] { loop.stop(); }); });
  loop.run_forever();
  thread.join();
  CHECK(restaurant.log.lines().empty());
  CHECK_THAT(loop.wait_graph(), Contains(", waits: waits_for_nobody() at "));
}

TEST_CASE("a closed loop has a graph") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto task = loop.create_task(waits_for_nobody(loop), "cook");
  task.set_log_destroy_pending(false);
  restaurant.run_once();
  const ch07::CatchWarnings quiet(ch07::Record::yes);
  loop.close();
  CHECK_THAT(loop.wait_graph(), Contains("cook, made at "));
  loop.request_wait_graph();  // harmless
}

// --- When nothing can wake the loop ------------------------------------------

namespace {

// A clock that waits as the machine's does. Nothing here looks at its time.
struct RealClock final : common::Clock {
  nanoseconds now() const override { return 0ns; }
  void sleep(nanoseconds) override {}
};

using Timeout = loops::Timeout;

// Notes the timeouts, and asks what happens during each wait.
struct Waits {
  std::vector<Timeout> timeouts;
  std::function<void(std::size_t)> during = [](std::size_t) {};

  std::unique_ptr<ch01::Selector> selector() {
    return std::make_unique<loops::FakeSelector>(
        [this](loops::FakeSelector& selector, Timeout timeout) {
          timeouts.push_back(timeout);
          std::vector<ch01::ReadyKey> ready;
          during(timeouts.size());
          if (wakes) {
            ready.push_back(selector.ready(selector.get_map()->begin()->first,
                                           ch01::EVENT_READ));
          }
          wakes = false;
          return ready;
        });
  }
  bool wakes = false;  // the byte in the pipe
};

}  // namespace

TEST_CASE("the loop waits for the limit, reports once, and waits on") {
  Waits waits_seen;
  RealClock clock;
  Restaurant restaurant(waits_seen.selector(), &clock);
  auto& loop = restaurant.loop;
  loop.throw_on_deadlock = false;
  const auto bell = loop.create_future();
  const auto task = loop.create_task(waits(bell), "guest");
  std::vector<std::size_t> reports;
  waits_seen.during = [&](std::size_t wait) {
    reports.push_back(restaurant.log.lines().size());
    if (wait < 2) return;
    // Something wakes it, and no task waits anew; at last, all is well.
    loop.call_soon(ch12::named("ring", [&bell, wait] {
      if (wait == 4) bell.set_result();
    }));
    waits_seen.wakes = true;
  };
  loop.run_until_complete(task);
  using Timeouts = std::vector<Timeout>;
  CHECK(waits_seen.timeouts == Timeouts{nanoseconds(1s), {}, {}, {}});
  CHECK(reports == std::vector<std::size_t>{0, 1, 1, 1});
}

TEST_CASE("a thread that posts within the limit is no deadlock") {
  Waits waits_seen;
  RealClock clock;
  Restaurant restaurant(waits_seen.selector(), &clock);
  auto& loop = restaurant.loop;
  loop.deadlock_after = 40ms;
  const auto bell = loop.create_future();
  const auto task = loop.create_task(waits(bell), "guest");
  waits_seen.during = [&](std::size_t) {
    std::thread([&] {
      loop.call_soon_threadsafe([&bell] { bell.set_result(); });
    }).join();
    waits_seen.wakes = true;
  };
  loop.run_until_complete(task);
  CHECK(waits_seen.timeouts == std::vector<Timeout>{nanoseconds(40ms)});
  CHECK(restaurant.log.lines().empty());
}

TEST_CASE("a thread that posts in time, on the machine's clock") {
  Restaurant restaurant(ch01::default_selector(), &common::system_clock());
  auto& loop = restaurant.loop;
  loop.deadlock_after = 1h;  // half of it will not pass
  const auto bell = loop.create_future();
  std::thread thread(
      [&] { loop.call_soon_threadsafe([&bell] { bell.set_result(); }); });
  loop.run_until_complete(waits(bell));
  thread.join();
  CHECK(restaurant.log.lines().empty());
}

TEST_CASE("a post that came before the question is no deadlock") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  loop.call_soon(ch12::named("wait", [&] {
    std::thread([&] {
      loop.call_soon_threadsafe([&bell] { bell.set_result(); });
    }).join();
  }));
  loop.run_until_complete(waits(bell));
  CHECK(restaurant.log.lines().empty());
}

TEST_CASE("timers, descriptors and expected threads are no deadlock") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  const auto guest = loop.create_task(waits(bell), "guest");
  SECTION("a timer") {
    loop.call_later(1h, ch12::named("ring", [&] { bell.set_result(); }));
    loop.run_until_complete(guest);
  }
  SECTION("a descriptor") {
    const auto pipe = common::make_pipe();
    loop.add_reader(pipe.read.get(), ch12::named("ring", [&] {
                      loop.remove_reader(pipe.read.get());
                      bell.set_result();
                    }));
    std::thread thread([&] { CHECK(::write(pipe.write.get(), "", 1) == 1); });
    loop.run_until_complete(guest);
    thread.join();
  }
  SECTION("a thread") {
    std::optional<ch12::Expecting> expecting(std::in_place, loop);
    std::thread thread([&loop, &bell, here = std::move(*expecting)] {
      loop.call_soon_threadsafe([&bell] { bell.set_result(); });
    });
    expecting.reset();  // moved away: it is not counted twice
    loop.run_until_complete(guest);
    thread.join();
  }
  CHECK(restaurant.log.lines().empty());
}

TEST_CASE("a thread that breaks its promise wakes the loop") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto guest = loop.create_task(waits_for_nobody(loop), "guest");
  std::thread thread([here = ch12::Expecting(loop)]() mutable {
    const ch12::Expecting last = std::move(here);
  });
  CHECK_THAT(restaurant.graph_at_the_end(), Contains("  guest, made at "));
  thread.join();
}

TEST_CASE("an Expecting may outlive its loop") {
  std::optional<ch12::Expecting> expecting;
  {
    Restaurant restaurant;
    expecting.emplace(restaurant.loop);
  }
  expecting.reset();
}

TEST_CASE("without tasks there is no report") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  auto task = loop.create_task(waits_for_nobody(loop), "gone");
  task.set_log_destroy_pending(false);
  restaurant.run_once();
  task = {};  // it waited, and is gone
  std::thread thread([&] { loop.call_soon_threadsafe([&] { loop.stop(); }); });
  loop.run_forever();
  thread.join();
  CHECK(restaurant.log.lines().empty());
}

TEST_CASE("Deadlock leaves run_until_complete, and the loop can go on") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto bell = loop.create_future();
  const auto guest = loop.create_task(waits(bell), "guest");
  CHECK(loops::refusal<ch12::Deadlock>([&] {
          loop.run_until_complete(guest);
        }) == "Nothing can wake this event loop");
  bell.set_result();
  loop.run_until_complete(guest);
  CHECK(restaurant.log.lines().size() == 1);
}

// --- The graph on request
// ------------------------------------------------------

TEST_CASE("only the loop's thread names an owner") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto promise = loop.create_future();
  std::string told;
  loop.call_soon([&] {
    told = in_a_thread([&] { loop.set_owner(promise, nullptr); });
    loop.stop();
  });
  loop.run_forever();
  CHECK_THAT(told, Contains("Non-thread-safe operation"));
}

TEST_CASE("a signal logs the graph between two iterations") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const ch12::GraphOnSignal on_signal(loop, SIGUSR1);
  const auto bell = loop.create_future();
  const auto guest = loop.create_task(waits(bell), "guest");
  std::vector<std::size_t> logged;
  const auto count_lines = [&] {
    logged.push_back(restaurant.log.lines().size());
  };
  loop.call_soon(ch12::named("raise", [&] {
    ::raise(SIGUSR1);
    count_lines();
    loop.call_soon(ch12::named("look", count_lines));
    loop.call_later(1s, ch12::named("ring", [&] { bell.set_result(); }));
  }));
  loop.call_soon(ch12::named("look", count_lines));
  loop.run_until_complete(guest);
  CHECK(logged == std::vector<std::size_t>{0, 0, 1});
  CHECK(restaurant.log.lines().size() == 1);
  CHECK_THAT(restaurant.log.lines().at(0),
             Contains("WARNING: Who waits for whom:\n  guest, made at "));
}

// Says, on any thread, that something was logged.
struct Listener final : ch12::Handler {
  explicit Listener(std::atomic<bool>& where) : told(where) {}
  void emit(const ch12::LogRecord&) override { told = true; }
  std::atomic<bool>& told;
};

TEST_CASE("a signal wakes a loop that sleeps, and no task is told, too") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  loop.set_debug(false);
  const ch12::GraphOnSignal on_signal(loop, SIGUSR1);
  std::atomic<bool> told = false;
  const auto listener = std::make_shared<Listener>(told);
  ch12::get_logger().add_handler(listener);
  std::thread thread([&] {
    ::kill(::getpid(), SIGUSR1);
    while (!told) std::this_thread::yield();
    loop.call_soon_threadsafe([&] { loop.stop(); });
  });
  loop.run_forever();
  thread.join();
  ch12::get_logger().remove_handler(listener);
  CHECK(restaurant.log.lines() == Lines{"WARNING: No task is pending."});
}

TEST_CASE("a storm of signals loses nothing and tells nothing twice") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const ch12::GraphOnSignal on_signal(loop, SIGUSR1);
  std::atomic<bool> enough = false;
  std::thread storm([&] {
    for (int i = 0; i < 2000; ++i) ::kill(::getpid(), SIGUSR1);
    enough = true;
  });
  std::size_t turns = 0;
  const auto busy = [&]() -> Coroutine<> {
    while (!enough || turns < 100) {
      co_await ch12::sleep(1ms);
      ++turns;
    }
    // The last request is told while a task is pending.
    co_await ch12::sleep(1ms);
  };
  loop.run_until_complete(busy());
  storm.join();
  const auto& lines = restaurant.log.lines();
  CHECK(!lines.empty());
  CHECK(lines.size() <= 2000);
  for (const auto& line : lines) {
    CHECK_THAT(line, Contains("Who waits for whom:\n  Task-"));
    // One that waits has its future below; one with its turn next has none.
    CHECK(count(line, "\n") == 1 + count(line, ", waits for "));
  }
}

TEST_CASE("one loop at a time listens to a signal, and the old way returns") {
  Restaurant first, second;
  ::signal(SIGUSR1, SIG_IGN);
  {
    const ch12::GraphOnSignal on_signal(first.loop, SIGUSR1);
    CHECK(loops::refusal([&] {
            const ch12::GraphOnSignal other(second.loop, SIGUSR2);
          }) == "another loop listens to a signal already");
  }
  CHECK(::signal(SIGUSR1, SIG_DFL) == SIG_IGN);
  CHECK_THAT(loops::refusal<std::system_error>(
                 [&] { const ch12::GraphOnSignal wrong(first.loop, SIGKILL); }),
             Contains("sigaction("));
  const ch12::GraphOnSignal again(first.loop, SIGUSR1);
}

TEST_CASE("a signal after its loop's end does nothing") {
  Restaurant other;
  auto first = std::make_unique<Restaurant>();
  auto on_signal = std::make_unique<ch12::GraphOnSignal>(first->loop, SIGUSR1);
  first.reset();
  ::raise(SIGUSR1);
  // It still listens, so that no other one may.
  CHECK(loops::refusal([&] {
          const ch12::GraphOnSignal too_early(other.loop, SIGUSR1);
        }) == "another loop listens to a signal already");
  on_signal.reset();
  const ch12::GraphOnSignal next(other.loop, SIGUSR1);
}

TEST_CASE("a graph while a task is destroyed leaves it out") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  std::string graph;
  struct Looks {
    ch12::EventLoop& loop;
    std::string& graph;
    ~Looks() { graph = loop.wait_graph() + "."; }
  };
  const auto looks_at_its_end = [&]() -> Coroutine<> {
    const Looks looks{loop, graph};
    co_await loop.create_future();
  };
  auto task = loop.create_task(looks_at_its_end(), "dying");
  task.set_log_destroy_pending(false);
  const auto other = loop.create_task(waits_for_nobody(loop), "other");
  restaurant.run_once();
  task = {};
  CHECK(shape(graph) == "  other\n    Future #1\n");
}

// --- Size
// ----------------------------------------------------------------------

TEST_CASE("the graph of 10^5 tasks is linear in size") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  const auto size_of = [&](std::size_t count) {
    const auto bell = loop.create_future();
    const auto all = [&]() -> Coroutine<> {
      std::vector<Coroutine<>> guests;
      for (std::size_t i = 0; i < count; ++i) guests.push_back(waits(bell));
      co_await ch12::gather(std::move(guests));
    };
    const auto task = loop.create_task(all(), "all");
    restaurant.run_once();
    restaurant.run_once();
    const std::size_t size = loop.wait_graph().size();
    bell.set_result();
    loop.run_until_complete(task);
    return size;
  };
  const std::size_t small = size_of(1000);
  const std::size_t large = size_of(100'000);
  CHECK(large < 104 * small);  // numbers have more digits
  CHECK(large > 96 * small);
}

TEST_CASE("chains of 10^5 tasks and of 10^5 coroutines need no more stack") {
  Restaurant restaurant;
  auto& loop = restaurant.loop;
  SECTION("tasks") {
    std::vector<Task<>> tasks{loop.create_task(waits(loop.create_future()))};
    tasks.reserve(100'000);
    while (tasks.size() < 100'000) {
      tasks.push_back(loop.create_task(waits_for_task(tasks.back())));
    }
    restaurant.run_once();
    CHECK(loop.wait_graph().size() < 20'000'000);
    while (!tasks.empty()) {
      tasks.back().set_log_destroy_pending(false);
      tasks.pop_back();
    }
  }
  SECTION("coroutines: the outermost, and the eight innermost") {
    struct Deep {
      static Coroutine<> call(int depth, Future<> bell) {
        if (depth > 0) {
          co_await call(depth - 1, bell);
        } else {
          co_await bell;
        }
      }
    };
    const auto bell = loop.create_future();
    const auto task = loop.create_task(Deep::call(9, bell), "ten");
    const auto deep = loop.create_task(Deep::call(99'999, bell), "deep");
    const auto nine = loop.create_task(Deep::call(8, bell), "nine");
    restaurant.run_once();
    const std::string graph = loop.wait_graph();
    CHECK(graph.size() < 5000);
    CHECK(count(graph, " > 1 others > ") == 1);
    CHECK(count(graph, " > 99991 others > ") == 1);
    CHECK(count(graph, "call() at") == 27);
    bell.set_result();
    loop.run_until_complete(deep);
  }
}
