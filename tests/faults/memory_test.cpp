// Each allocation of a scenario fails once. Callbacks that were scheduled
// before run all the same, no task waits without end, and every failure is
// reported.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/03_coroutine_task/gather.hpp"
#include "chapters/03_coroutine_task/wait_for.hpp"
#include "chapters/04_logging/logger.hpp"
#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/faults/calls.hpp"
#include "tests/faults/memory.hpp"
#include "tests/pieces/loops.hpp"

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kLong = "a text that is too long for a string's own room";

int warned = 0;  // how many warnings were shown

// One run of a scenario: the objects that it uses are made before memory runs
// out.
class Stage {
 public:
  explicit Stage(const loops::Kind& kind)
      : bench(kind), pair(common::make_socket_pair()) {
    ran_.reserve(1000);
    kept_.reserve(100);
    ch07::simplefilter("always", ch07::Warning);
    ch07::set_showwarning([](const auto&) { ++warned; });
    loop().call_soon([this] { ++before; });
    loop().call_later(milliseconds(50), [this] { ++before; });
  }

  ch02::EventLoop& loop() { return bench.loop(); }
  ch03::EventLoop& tasks() { return dynamic_cast<ch03::EventLoop&>(loop()); }

  // A callback of the scenario that was called.
  void ran(int what = 0) { ran_.push_back(what); }
  std::size_t count() const { return ran_.size(); }

  // This future must be done in the end.
  template <class T>
  ch03::Future<T> keep(ch03::Future<T> future) {
    kept_.push_back(future.base());
    return future;
  }
  bool all_done() const {
    for (const auto& future : kept_) {
      if (!future->done()) return false;
    }
    return true;
  }
  // Has a task or future failed, so that the program knows?
  bool any_failed() const {
    for (const auto& future : kept_) {
      if (future->cancelled() || (future->done() && future->exception())) {
        return true;
      }
    }
    return false;
  }

  void run(int iterations = 40) {
    for (int i = 0; i < iterations && !loop().is_closed(); ++i) {
      bench.clock.advance(milliseconds(10));
      bench.run_once();
    }
  }

  loops::Bench bench;
  common::FdPair pair;
  int before = 0;  // of the two callbacks that were scheduled first

 private:
  std::vector<int> ran_;
  std::vector<common::Ref<ch03::FutureBase>> kept_;
};

struct Scenario {
  std::string name;
  std::function<void(Stage&)> play;
  std::size_t runs;     // how many times ran() is called if all goes well
  bool closes = false;  // so the callbacks before do not run
};

// Fails one allocation after another, until the scenario needs no more.
void sweep(const loops::Kind& kind, const Scenario& scenario) {
  const faults::Watchdog watchdog;
  bool happened = true;
  for (int nth = 1; happened; ++nth) {
    INFO(kind.name << ", " << scenario.name << ", allocation " << nth);
    REQUIRE(nth < 2000);
    loops::StandardError output;
    bool threw = false;
    auto made = std::make_unique<Stage>(kind);
    Stage& stage = *made;
    warned = 0;
    {
      const faults::NoMemory fault(nth);
      try {
        scenario.play(stage);
        stage.run(10);
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      happened = fault.happened();
    }
    stage.run();
    const std::string text = output.text();
    INFO(text);
    CHECK((scenario.closes || stage.before == 2));
    CHECK((threw || stage.all_done()));  // a play that threw is not finished
    const bool complete = stage.count() == scenario.runs;
    const bool told =
        threw || !text.empty() || warned > 0 || stage.any_failed();
    CHECK((complete || told));
    CHECK((happened || complete));
    const loops::StandardError leftovers;  // reported, but not shown
    made.reset();
  }
}

void play_all(const std::vector<loops::Kind>& kinds,
              const std::vector<Scenario>& scenarios) {
  for (const loops::Kind& kind : kinds) {
    for (const Scenario& scenario : scenarios) sweep(kind, scenario);
  }
}

std::vector<loops::Kind> with_tasks() {
  auto kinds = loops::all();
  kinds.erase(kinds.begin());
  return kinds;
}
std::vector<loops::Kind> last_ones() {
  const auto kinds = loops::all();
  return {kinds[kinds.size() - 2], kinds.back()};
}

}  // namespace

TEST_CASE("no memory: callbacks and timers") {
  play_all(
      loops::all(),
      {{"call_soon",
        [](Stage& stage) {
          stage.loop().call_soon([&stage] { stage.ran(); });
          stage.loop().call_soon([&stage, text = kLong] { stage.ran(); });
        },
        2},
       {"call_later",
        [](Stage& stage) {
          stage.loop().call_later(milliseconds(20), [&stage] { stage.ran(); });
          stage.loop().call_at(stage.loop().time(), [&stage] { stage.ran(); });
        },
        2},
       {"cancelled timers are dropped",
        [](Stage& stage) {
          for (int i = 0; i < 120; ++i) {
            const auto timer = stage.loop().call_later(
                milliseconds(i % 7), [&stage] { stage.ran(); });
            if (i % 20 != 0) timer->cancel();
          }
        },
        6},
       {"readers and writers",
        [](Stage& stage) {
          const int fd = stage.pair.read.get();
          stage.loop().add_writer(fd, [&stage, fd] {
            stage.ran();
            stage.loop().remove_writer(fd);
          });
          stage.loop().add_reader(fd, [] {});
          stage.loop().add_reader(fd, [text = kLong] {});
        },
        1},
       {"posted",
        [](Stage& stage) {
          stage.loop().call_soon_threadsafe([&stage] { stage.ran(); });
        },
        1}});
}

TEST_CASE("no memory: reports of errors") {
  play_all(loops::all(),
           {{"a callback throws",
             [](Stage& stage) {
               stage.loop().call_soon([&stage] {
                 stage.ran();
                 throw std::runtime_error(kLong);
               });
             },
             1},
            {"so does the handler of exceptions",
             [](Stage& stage) {
               stage.loop().set_exception_handler([&stage](auto&, auto&) {
                 stage.ran();
                 throw std::runtime_error(kLong);
               });
               stage.loop().call_soon(
                   ch02::named("work", [] { throw std::logic_error(kLong); }));
             },
             1}});
}

TEST_CASE("no memory: the end of a loop") {
  const auto close = [](Stage& stage) {
    stage.loop().call_soon([text = kLong] {});
    stage.loop().call_later(hours(1), [text = kLong] {});
    stage.loop().add_reader(stage.pair.read.get(), [text = kLong] {});
    stage.loop().close();
    stage.ran();
  };
  play_all(loops::all(),
           {{"close", close, 1, true},
            {"destructor",
             [](Stage& stage) {
               stage.loop().call_soon([text = kLong] {});
               loops::Watcher watcher;
               auto loop = stage.bench.kind.make(
                   stage.bench.clock, ch01::default_selector(), watcher);
               loop->call_soon([text = kLong] {});
               loop->add_reader(stage.pair.read.get(), [text = kLong] {});
               loop.reset();
               stage.ran();
             },
             1}});
}

namespace {

ch03::Coroutine<int> give(int value) { co_return value; }

ch03::Coroutine<> sleeper(Stage& stage) {
  co_await ch03::sleep(milliseconds(20));
  stage.ran();
}

ch03::Coroutine<> waits(Stage& stage, ch03::Future<std::string> future) {
  stage.ran(static_cast<int>((co_await future).size()));
}

ch03::Coroutine<> gathers(Stage& stage) {
  const auto [one, text] =
      co_await ch03::gather(give(1), ch03::sleep(milliseconds(5), kLong));
  stage.ran(one + static_cast<int>(text.size()));
}

ch03::Coroutine<> too_slow(Stage& stage) {
  try {
    co_await ch03::wait_for(ch03::sleep(hours(1)), milliseconds(20));
  } catch (const ch03::TimeoutError&) {
    stage.ran();
  }
}

ch03::Coroutine<> shielded(Stage& stage) {
  const auto inner = ch03::create_task(sleeper(stage));
  co_await ch03::shield(inner);
  stage.ran();
}

ch03::Coroutine<> cancelled(Stage& stage) {
  try {
    co_await ch03::sleep(hours(1));
  } catch (const ch03::CancelledError&) {
    stage.ran();
    throw;
  }
}

ch03::Coroutine<> cancels_itself(Stage& stage) {
  const auto future = ch03::get_running_loop().create_future<>();
  ch03::current_task()->cancel(kLong);
  try {
    co_await future;
  } catch (const ch03::CancelledError&) {
    stage.ran();
  }
}

ch03::Coroutine<> fails() {
  co_await ch03::sleep(milliseconds(5));
  throw std::runtime_error(kLong);
}

}  // namespace

TEST_CASE("no memory: tasks and futures") {
  play_all(
      with_tasks(),
      {{"create_task, await, sleep",
        [](Stage& stage) {
          stage.keep<void>(stage.tasks().create_task(sleeper(stage)));
          stage.keep<void>(stage.tasks().create_task(sleeper(stage), kLong));
        },
        2},
       {"a future with a callback",
        [](Stage& stage) {
          const auto future = stage.tasks().create_future<std::string>();
          future.add_done_callback([&stage](const auto&) { stage.ran(); });
          stage.keep<void>(stage.tasks().create_task(waits(stage, future)));
          stage.loop().call_later(milliseconds(5), [future] {
            try {
              future.set_result(kLong);
            } catch (const std::bad_alloc&) {
              future.set_result("");
              throw;
            }
          });
        },
        2},
       {"gather",
        [](Stage& stage) {
          stage.keep<void>(stage.tasks().create_task(gathers(stage)));
        },
        1},
       {"wait_for",
        [](Stage& stage) {
          stage.keep<void>(stage.tasks().create_task(too_slow(stage)));
        },
        1},
       {"shield",
        [](Stage& stage) {
          stage.keep<void>(stage.tasks().create_task(shielded(stage)));
        },
        2},
       {"cancel, with a message",
        [](Stage& stage) {
          const auto task = stage.tasks().create_task(cancelled(stage));
          stage.keep<void>(task);
          stage.loop().call_later(milliseconds(20), [task] {
            try {
              task.cancel(kLong);
            } catch (const std::bad_alloc&) {
              if (task.cancelling() == 0) task.cancel();
              throw;
            }
          });
        },
        1},
       {"a task that cancels itself, and waits",
        [](Stage& stage) {
          stage.keep<void>(stage.tasks().create_task(cancels_itself(stage)));
        },
        1}});
}

TEST_CASE("no memory: the reports of the last loops") {
  play_all(last_ones(),
           {{"a coroutine that is never awaited",
             [](Stage& stage) {
               {
                 const auto forgotten = sleeper(stage);
               }
               if (warned > 0) stage.ran();
             },
             1},
            {"an exception that is never retrieved",
             [](Stage& stage) {
               const auto task = stage.tasks().create_task(fails());
               stage.run(5);
             },
             0},
            {"a pending task is destroyed",
             [](Stage& stage) {
               const auto future = stage.tasks().create_future<std::string>();
               const auto task =
                   stage.tasks().create_task(waits(stage, future));
               stage.run(2);
             },
             0},
            {"the loop is destroyed, not closed",
             [](Stage& stage) {
               loops::Watcher watcher;
               const auto loop = stage.bench.kind.make(
                   stage.bench.clock, ch01::default_selector(), watcher);
               loop->call_soon([text = kLong] {});
               const auto task =
                   dynamic_cast<ch03::EventLoop&>(*loop).create_task(fails());
             },
             0},
            {"a slow callback",
             [](Stage& stage) {
               stage.loop().call_soon([&stage] {
                 stage.ran();
                 stage.bench.clock.advance(seconds(1));
               });
             },
             1},
            {"a line in the log",
             [](Stage& stage) {
               ch04::get_logger("faults." + kLong).warning("{} {}", kLong, 7);
               stage.ran();
             },
             1},
            {"a warning",
             [](Stage& stage) {
               ch07::warn(kLong, ch07::RuntimeWarning);
               stage.ran();
             },
             1}});
}

TEST_CASE("no memory for a text: the next one is whole") {
  loops::Bench bench(last_ones().back());
  auto& loop = dynamic_cast<ch03::EventLoop&>(bench.loop());
  const auto future = loop.create_future<std::string>();
  future.set_result(kLong);
  const std::string whole = future.repr();
  bool happened = true;
  for (int nth = 1; happened; ++nth) {
    {
      const faults::NoMemory fault(nth);
      try {
        static_cast<void>(future.repr());
      } catch (const std::bad_alloc&) {
      }
      happened = fault.happened();
    }
    REQUIRE(future.repr() == whole);
  }
}

TEST_CASE("no memory to drop cancelled timers: the others keep their order") {
  loops::Bench bench(loops::all().front());
  for (int nth = 1; nth < 4; ++nth) {
    std::vector<int> order;
    std::vector<common::Ref<ch02::TimerHandle>> unwanted;
    for (int i = 200; i > 0; --i) {
      auto timer = bench.loop().call_later(milliseconds(i),
                                           [&order, i] { order.push_back(i); });
      if (i % 5 != 0) unwanted.push_back(std::move(timer));
    }
    for (const auto& timer : unwanted) timer->cancel();
    order.reserve(100);
    {
      const faults::NoMemory fault(nth);
      try {
        bench.run_once();
      } catch (const std::bad_alloc&) {
      }
    }
    for (int i = 0; i < 200; ++i) {
      bench.clock.advance(milliseconds(1));
      bench.run_once();
    }
    CHECK(order.size() == 40);
    CHECK(std::is_sorted(order.begin(), order.end()));
  }
}

TEST_CASE("how many allocations failed") {
  std::printf("%zu allocations failed, and were survived\n",
              faults::failed_allocations());
  CHECK(faults::failed_allocations() > 500);
}
