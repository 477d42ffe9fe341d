// When a loop, a clock or a thread's registration is gone, the objects that a
// program still holds answer, or refuse. And nothing that can be nested costs
// stack.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/pieces/child.hpp"
#include "tests/pieces/loops.hpp"

namespace {

using namespace std::chrono_literals;
using ch02::EventLoop;
using ch02::Handle;
using ch02::internal;
using common::Ref;
using loops::Bench;
using Log = std::vector<std::string>;

#define EVERY_LOOP GENERATE(from_range(loops::all()))

ch03::Coroutine<> waits_for(ch03::Future<> future) { co_await future; }

// Runs the function in a child process; does it return true?
bool in_child(const std::function<bool()>& function) {
  return child::run([&] { return function() ? 0 : 1; }, 20s) == "exit 0";
}

std::string refusal_of_get_event_loop() {
  return loops::refusal([] { ch02::get_event_loop(); });
}

}  // namespace

TEST_CASE("handles that outlive their loop still have a text") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  const auto ran = bench.loop().call_soon(internal("ran", [] {}));
  const auto timer = bench.loop().call_later(1h, internal("timer", [] {}));
  const auto cancelled =
      bench.loop().call_later(1h, internal("cancelled", [] {}));
  cancelled->cancel();
  bench.run_once();
  bench.reset();
  CHECK(ran->repr() == "<Handle ran()>");
  CHECK(timer->repr() == "<TimerHandle cancelled when=3600.0>");
  CHECK(cancelled->repr() == "<TimerHandle cancelled when=3600.0>");
  timer->cancel();
  ran->cancel();
  CHECK(ran->cancelled());
}

TEST_CASE("a done callback's handle outlives its future and its loop") {
  common::VirtualClock clock;
  auto loop = std::make_unique<ch07::EventLoop>(clock);
  auto future = std::optional(loop->create_future<int>());
  const auto handle = future->add_done_callback(internal("later", [](auto) {}));
  future.reset();
  CHECK(handle->repr() == "<Handle later()>");
  handle->cancel();
  loop->close();
  loop.reset();
  CHECK(handle->repr() == "<Handle cancelled>");
}

TEST_CASE("the name of a callback may be composed, and is the handle's own") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  const auto handle = [&] {
    std::string name = "a name that was composed, and is gone, ";
    name += std::to_string(7);
    return bench.loop().call_soon(ch02::named(name, [] {}));
  }();
  const std::string text = handle->repr(common::Detail::brief);
  CHECK(
      text.starts_with("<Handle a name that was composed, and is gone, 7() "
                       "at 02_outlive_test.cpp:"));
}

TEST_CASE("a loop whose clock is gone refuses, and can be closed") {
  const loops::Kind kind = EVERY_LOOP;
  INFO(kind.name);
  const ch07::CatchWarnings quiet{ch07::Record::yes};
  auto clock = std::make_unique<common::VirtualClock>();
  loops::Watcher watcher;
  const auto loop = kind.make(*clock, ch01::default_selector(), watcher);
  const auto timer = loop->call_later(1h, [] {});
  clock.reset();
  const std::string gone =
      "The clock of this event loop has been destroyed: it must outlive the "
      "loop";
  CHECK(loops::refusal([&] { loop->time(); }) == gone);
  CHECK(loops::refusal([&] { loop->call_later(1s, [] {}); }) == gone);
  CHECK(loops::refusal([&] { loop->run_forever(); }) == gone);
  CHECK_FALSE(timer->repr().empty());
  CHECK_NOTHROW(loop->close());
}

TEST_CASE("a thread's registered loop may be destroyed by another thread") {
  const ch07::CatchWarnings quiet{ch07::Record::yes};
  auto loop = std::make_unique<ch07::EventLoop>();
  ch02::set_event_loop(loop.get());
  CHECK(&ch02::get_event_loop() == loop.get());
  std::thread([&loop] {
    loop->close();
    loop.reset();
  }).join();
  CHECK(refusal_of_get_event_loop().find("There is no current event loop") ==
        0);
}

TEST_CASE("another loop in the same place is not the one registered") {
  common::VirtualClock clock;
  std::optional<EventLoop> place;
  place.emplace(clock);
  ch02::set_event_loop(&*place);
  std::thread([&] {
    place.reset();
    place.emplace(clock);
  }).join();
  CHECK(refusal_of_get_event_loop().find("There is no current event loop") ==
        0);
  ch02::set_event_loop(&*place);
  CHECK(&ch02::get_event_loop() == &*place);
  ch02::set_event_loop(nullptr);
  CHECK(refusal_of_get_event_loop().find("There is no current event loop") ==
        0);
}

TEST_CASE("the child of a fork() in a callback has no running loop") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  ch02::set_event_loop(&bench.loop());
  bool in_parent = false;
  bool good = false;
  bench.loop().call_soon([&] {
    good = in_child([&] {
      if (ch02::get_running_loop_or_null()) return false;
      if (refusal_of_get_event_loop().find("There is no current") != 0) {
        return false;
      }
      // So it may run a loop of its own.
      common::VirtualClock clock;
      EventLoop own(clock);
      bool ran = false;
      own.call_soon([&] {
        ran = &ch02::get_running_loop() == &own;
        own.stop();
      });
      own.run_forever();
      return ran && !ch02::get_running_loop_or_null();
    });
    in_parent = &ch02::get_running_loop() == &bench.loop();
  });
  bench.run_once();
  CHECK(good);
  CHECK(in_parent);
  ch02::set_event_loop(nullptr);
}

namespace {

ch03::Coroutine<int> answer() { co_return 42; }
ch03::Coroutine<> forks_in_a_step(bool& good) {
  ch03::Ref<ch03::TaskBase> me = ch03::current_task();
  good = in_child([] {
    common::VirtualClock clock;
    return ch07::run(answer(), clock) == 42;
  });
  good = good && ch03::current_task() == me;
  co_await ch03::sleep(0s);
  good = good && ch03::current_task() == me;
}
ch03::Coroutine<> goes_on_in_the_child(pid_t& child, bool& in_child) {
  child = ::fork();
  in_child = child == 0;
  co_await ch03::sleep(1s);
}

}  // namespace

TEST_CASE("fork() in the step of a task: the child runs a loop of its own") {
  common::VirtualClock clock;
  bool good = false;
  ch07::run(forks_in_a_step(good), clock);
  CHECK(good);
}

TEST_CASE("fork() in the step of a task: the child can also go on") {
  pid_t child = -1;
  bool is_child = false;
  common::VirtualClock clock;
  ch03::run(goes_on_in_the_child(child, is_child), clock);
  if (is_child) ::_exit(0);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a chain of callbacks, each the last to hold the next") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  Ref<Handle> last;
  for (int i = 0; i < 100'000; ++i) {
    last = bench.loop().call_soon([previous = last] {});
  }
  bench.run_once();
  SECTION("that ran") {}
  SECTION("that were timers, and cancelled") {
    for (int i = 0; i < 100'000; ++i) {
      last = bench.loop().call_later(1h, [previous = last] {});
    }
    last->cancel();
  }
  last = nullptr;
  CHECK_FALSE(last);
}

// --- Refused on the seam
// ------------------------------------------------------

namespace {

// A watcher that refuses as it is told.
struct Refusing {
  explicit Refusing(Bench& bench, int which) {
    bench.watcher.on_accept = [this, which](ch02::LoopObject&) {
      if (armed && count++ == which) throw std::runtime_error("refused");
    };
    bench.loop().set_exception_handler(
        [this](EventLoop&, const ch02::ExceptionContext& context) {
          reports.push_back(context.message + ": " +
                            common::describe(context.exception));
        });
  }
  bool armed = false;
  int count = 0;
  Log reports;
};

const std::string kRefused =
    "A callback was refused by its event loop: std::runtime_error: refused";

}  // namespace

TEST_CASE("a posted callback that is refused takes no other one with it") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  const int which = GENERATE(0, 1, 2);
  Refusing refusing(bench, which);
  const auto held = std::make_shared<int>(1);
  std::thread([&] {
    for (const char* name : {"a", "b", "c"}) {
      bench.loop().call_soon_threadsafe(
          [note = bench.note(name), held] { note(); });
    }
  }).join();
  refusing.armed = true;
  bench.run_once();
  refusing.armed = false;
  bench.run_once();
  Log expected{"a", "b", "c"};
  expected.erase(expected.begin() + which);
  CHECK(bench.log == expected);
  CHECK(refusing.reports == Log{kRefused});
  CHECK(held.use_count() == 1);
}

TEST_CASE("a reader that is refused is asked again, and the writer runs") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  const common::FdPair pipe = common::make_pipe();
  REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
  Refusing refusing(bench, 0);
  bench.loop().add_reader(pipe.read.get(), bench.note("reader"));
  bench.loop().add_writer(pipe.write.get(), bench.note("writer"));
  refusing.armed = true;
  bench.run_once();
  CHECK(bench.log.size() == 1);
  CHECK(refusing.reports == Log{kRefused});
  bench.run_once();
  CHECK(bench.log.size() == 3);
}

TEST_CASE("an exception handler that calls itself is stopped") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  loops::StandardError errors;
  int calls = 0;
  bench.loop().set_exception_handler(
      [&calls](EventLoop& loop, const ch02::ExceptionContext& context) {
        ++calls;
        loop.call_exception_handler(context);
      });
  bench.loop().call_exception_handler({.message = "round and round"});
  CHECK(calls == 20);
  const std::string text = errors.text();
  CHECK(text.find("round and round") != std::string::npos);
}

TEST_CASE("l15 the report of a broken handler shows the context as one") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  loops::StandardError errors;
  bench.loop().set_exception_handler(
      [](EventLoop&, const ch02::ExceptionContext&) {
        throw std::logic_error("broken");
      });
  bench.loop().call_exception_handler(
      {.message = "boom",
       .exception = std::make_exception_ptr(std::runtime_error("first")),
       .values = {{"cup", std::string("of tea")}, {"beans", 12}}});
  CHECK(errors.text().find(
            "Unhandled error in exception handler\n"
            "context: {'message': 'boom', 'exception': "
            "std::runtime_error('first'), 'beans': 12, 'cup': 'of tea'}\n"
            "std::logic_error: broken\n") == 0);
}

TEST_CASE("a context's values are told whole") {
  const std::string long_text(100, 'x');
  const ch02::ExceptionContext context{.message = "m",
                                       .values = {{"text", long_text}}};
  CHECK(ch02::exception_report(context, common::Detail::brief) ==
        "m\ntext: '" + long_text + "'");
}

TEST_CASE("a handler may keep a context: the objects in it stay") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  std::vector<ch02::ExceptionContext> kept;
  bench.loop().set_exception_handler(
      [&kept](EventLoop&, const ch02::ExceptionContext& context) {
        kept.push_back(context);
      });
  bench.loop().call_soon(
      internal("broken", [] { throw std::runtime_error("late"); }));
  bench.run_once();
  bench.reset();
  REQUIRE(kept.size() == 1);
  CHECK(ch02::context_repr(kept[0], common::Detail::brief) ==
        "{'message': 'Exception in callback broken()', 'exception': "
        "std::runtime_error('late'), 'handle': <Handle broken()>}");
  CHECK(kept[0].source.get() == kept[0].values.at("handle").object());
}

TEST_CASE("a lost task whose context is kept is reported once") {
  common::VirtualClock clock;
  std::vector<ch02::ExceptionContext> kept;
  {
    ch07::EventLoop loop(clock);
    loop.set_exception_handler(
        [&kept](ch07::EventLoop&, const ch02::ExceptionContext& context) {
          kept.push_back(context);
        });
    static_cast<void>(
        loop.create_task(waits_for(loop.create_future()), "lost"));
    loop.stop();
    loop.run_forever();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].message == "Task was destroyed but it is pending!");
    CHECK(kept[0]
              .values.at("task")
              .text(common::Detail::brief)
              .find("<Task pending name='lost'") == 0);
    const ch07::CatchWarnings quiet{ch07::Record::yes};
    if (GENERATE(false, true)) {
      std::exchange(kept, {}).clear();  // CPython: a __del__() runs once
      CHECK(kept.empty());
      return loop.close();
    }
    loop.close();
  }
  CHECK(kept[0]
            .values.at("task")
            .text(common::Detail::brief)
            .find("<Task cancelled name='lost'") == 0);
  REQUIRE(kept.size() == 1);
  loops::StandardError errors;
  kept.clear();
  CHECK(errors.text().empty());
}

TEST_CASE("the exception handler can be asked for") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  CHECK_FALSE(bench.loop().get_exception_handler());
  bench.loop().set_exception_handler(
      [](EventLoop&, const ch02::ExceptionContext&) {});
  CHECK(bench.loop().get_exception_handler());
  bench.loop().set_exception_handler(nullptr);
  CHECK_FALSE(bench.loop().get_exception_handler());
}

TEST_CASE("timers of 500 years do not fire, those long past do") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  using Years = std::chrono::years;
  bench.clock.advance(1h);
  bench.loop().call_later(Years(500), bench.note("in 500 years"));
  bench.loop().call_at(Years(500), bench.note("in the year 500"));
  bench.loop().call_later(Years(-500), bench.note("500 years ago"));
  bench.loop().call_later(0.5s, bench.note("soon"));
  bench.run_once();
  CHECK(bench.log == Log{"500 years ago"});
  bench.clock.advance(1s);
  bench.run_once();
  CHECK(bench.log == Log{"500 years ago", "soon"});
}

TEST_CASE("an exception handler may remove the reader that was refused") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  const common::FdPair first = common::make_pipe();
  const common::FdPair second = common::make_pipe();
  for (const auto* pipe : {&first, &second}) {
    REQUIRE(::write(pipe->write.get(), "x", 1) == 1);
    bench.loop().add_reader(pipe->read.get(), bench.note("reader"));
    bench.loop().add_writer(pipe->write.get(), bench.note("writer"));
  }
  bool refuse = true;
  bench.watcher.on_accept = [&](ch02::LoopObject&) {
    if (refuse) throw std::runtime_error("refused");
  };
  int reports = 0;
  bench.loop().set_exception_handler(
      [&](EventLoop& loop, const ch02::ExceptionContext&) {
        ++reports;
        for (const auto* pipe : {&first, &second}) {
          loop.remove_reader(pipe->read.get());
          loop.remove_writer(pipe->write.get());
        }
      });
  bench.run_once();
  refuse = false;
  bench.run_once();
  CHECK(reports == 1);  // the others were removed before their turn
  CHECK(bench.log.empty());
}

TEST_CASE("fork: a child can make a loop, whatever other threads were doing") {
  std::atomic<bool> stop = false;
  std::thread other([&stop] {
    common::VirtualClock clock;
    while (!stop) const common::ClockRef user(clock);
  });
  bool good = true;
  for (int i = 0; i < 64 && good; ++i) {
    good = in_child([] {
      common::VirtualClock clock;
      EventLoop own(clock);
      own.close();
      return true;
    });
  }
  stop = true;
  other.join();
  CHECK(good);
}

TEST_CASE("fork: a child can close a loop to which another thread posts") {
  Bench bench(EVERY_LOOP);
  INFO(bench.kind.name);
  std::atomic<bool> stop = false;
  std::atomic<int> waiting = 0;
  std::thread poster([&] {
    while (!stop) {
      if (waiting >= 1000) continue;
      ++waiting;
      bench.loop().call_soon_threadsafe([&waiting] { --waiting; });
    }
  });
  bool good = true;
  for (int i = 0; i < 8 && good; ++i) {
    good = in_child([&] {
      const ch07::CatchWarnings quiet{ch07::Record::yes};
      bench.loop().close();
      return true;
    });
    bench.run_once();  // makes room
  }
  stop = true;
  poster.join();
  bench.run_once();
  CHECK(good);
}

TEST_CASE("a broken wake-up pipe is an error of the post, and no signal") {
  CHECK(in_child([] {
    common::VirtualClock clock;
    EventLoop loop(clock);
    ::close(loop.selector().get_map()->begin()->first);
    bool refused = false;
    std::thread([&] {
      try {
        loop.call_soon_threadsafe([] {});
      } catch (const std::system_error&) {
        refused = true;
      }
    }).join();
    return refused;
  }));
}

TEST_CASE("a stack can be printed into a pipe without a reader") {
  CHECK(in_child([] {
    common::VirtualClock clock;
    ch07::EventLoop loop(clock);
    const auto task = loop.create_task(ch07::sleep(1h));
    common::FdPair pipe = common::make_pipe();
    pipe.read.reset();
    std::FILE* const file = ::fdopen(pipe.write.release(), "w");
    try {
      task.print_stack(file);
    } catch (const std::system_error&) {
      return true;
    }
    return false;
  }));
}

TEST_CASE("a clock that begins at the beginning of time") {
  class Early final : public common::Clock {
   public:
    std::chrono::nanoseconds now() const override { return now_; }
    void sleep(std::chrono::nanoseconds) override {
      now_ = std::chrono::nanoseconds::max();
    }
    bool is_virtual() const override { return true; }

   private:
    std::chrono::nanoseconds now_ = std::chrono::nanoseconds::min();
  } clock;
  Bench bench(EVERY_LOOP, &clock);
  INFO(bench.kind.name);
  bench.loop().call_at(1h, [&] { bench.loop().stop(); });
  bench.loop().run_forever();
  CHECK(clock.now() == std::chrono::nanoseconds::max());
}

TEST_CASE("a loop that is given no selector takes the default") {
  common::VirtualClock clock;
  EventLoop loop(clock, nullptr);
  CHECK(loop.selector().name() == ch01::default_selector()->name());
  loop.close();
}
