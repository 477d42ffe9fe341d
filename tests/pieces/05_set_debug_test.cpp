// Chapter 5, and the loop of chapter 4: the loop's own messages, and what debug
// mode adds. Tests named after a case (d02) compare with CPython's output.

#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "common/clock.hpp"
#include "common/place.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/in_a_thread.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;

namespace {

// A loop of this chapter or of a later one.
using Maker = loops::Maker<ch05::EventLoop>;
std::vector<Maker> makers() { return loops::from<ch05::EventLoop>(); }

constexpr const char* kWrongThread =
    "Non-thread-safe operation invoked on an event loop other than the current "
    "one: use call_soon_threadsafe() there";

void run_once(ch04::EventLoop& loop) {
  loop.stop();
  loop.run_forever();
}

class Environment {
 public:
  explicit Environment(const char* value) {
    if (value) {
      ::setenv("ASYNCIO_DEBUG", value, 1);
    } else {
      ::unsetenv("ASYNCIO_DEBUG");
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { ::unsetenv("ASYNCIO_DEBUG"); }
};

}  // namespace

TEST_CASE("g08 the loop speaks through the logger asyncio") {
  LogLines log;
  common::VirtualClock clock;
  {
    ch04::EventLoop loop(clock);
    CHECK(log.lines() == Lines{"DEBUG: Using selector: " +
                               std::string(loop.selector().name())});
    log.clear();
    ch04::get_logger("asyncio").set_level(ch04::WARNING);
    ch04::EventLoop quiet(clock);
    CHECK(log.lines().empty());
    quiet.call_exception_handler(
        {.message = "errors still show", .exception = nullptr, .values = {}});
    CHECK(log.lines() == Lines{"ERROR: errors still show"});
  }
}

TEST_CASE("l14.off the report of an exception is one record") {
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  ch04::EventLoop loop(clock);
  const auto divide = [] { throw std::runtime_error("division by zero"); };
  const std::string place = here(1);
  loop.call_soon(ch04::named("broken", divide));
  run_once(loop);
  CHECK(log.lines() == Lines{"ERROR: Exception in callback broken() at " +
                             place + "\nhandle: <Handle broken() at " + place +
                             ">\nstd::runtime_error: division by zero"});
  loop.close();
}

TEST_CASE("d01 the switch: the environment, then the program") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  const auto new_loop = [&](const char* value) {
    const Environment environment(value);
    const auto owner = maker.make(clock);
    auto& loop = *owner;
    const bool debug = loop.debug();
    loop.close();
    return debug;
  };
  CHECK_FALSE(new_loop(nullptr));
  CHECK(new_loop("1"));
  CHECK_FALSE(new_loop(""));
  CHECK_FALSE(new_loop("0"));  // Python turns it on, which helps no one
  CHECK_THROWS_WITH(
      new_loop("yes"),
      "ASYNCIO_DEBUG is 'yes': set it to 1 for debug mode, or to 0");
  CHECK_THROWS_AS(new_loop("01"), std::invalid_argument);
}

TEST_CASE("d01 run() takes the environment's word unless it is told") {
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  const auto probe = []() -> ch05::Coroutine<bool> {
    co_return ch05::get_running_loop<ch05::EventLoop>().debug();
  };
  CHECK_FALSE(ch05::run(probe(), {.debug = {}, .clock = &clock}));
  CHECK(ch05::run(probe(), {.debug = true, .clock = &clock}));
  const Environment environment("1");
  CHECK(ch06::run(probe(), {.debug = {}, .clock = &clock}));
  CHECK_FALSE(ch07::run(probe(), {.debug = false, .clock = &clock}));
}

TEST_CASE("d03 Close is logged in debug mode, and once") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  const bool debug = GENERATE(false, true);
  LogLines log;
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(debug);
  CHECK(loop.debug() == debug);
  CHECK(loop.repr() == "<EventLoop running=False closed=False debug=" +
                           common::repr(debug) + ">");
  log.clear();
  loop.run_until_complete(loop.create_task(ch05::sleep(0s)));
  loop.close();
  loop.close();
  Lines expected;
  if (debug) {
    expected = {
        "DEBUG: Close <EventLoop running=False closed=False debug=True>"};
  }
  CHECK(log.lines() == expected);
}

TEST_CASE("d02 with debug a foreign thread is stopped") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  LogLines log(ch04::WARNING);
  // The coroutine that is refused was never awaited, which is reported.
  const ch07::CatchWarnings quiet(ch07::Record::yes);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  const auto future = loop.create_future<int>();
  const auto bare = loop.create_future<int>();
  int called = 0;
  future.add_done_callback([&called](const ch05::Future<int>&) { ++called; });
  const auto task = loop.create_task(ch05::sleep(1h));
  const auto gone = loop.call_later(1h, [] {});
  gone->cancel();
  common::FdPair pipe = common::make_pipe();

  // Not running: there is no thread to compare with.
  CHECK(in_a_thread([&] { loop.call_soon([] {}); }) == "accepted");

  bool posted = false;
  loop.call_soon([&] {
    const auto check = [](const std::function<void()>& call) {
      CHECK(in_a_thread(call) == kWrongThread);
    };
    check([&] { loop.call_soon([] {}); });
    check([&] { loop.call_later(0s, [] {}); });
    check([&] { loop.call_at(0s, [] {}); });
    check([&] { loop.add_reader(pipe.read.get(), [] {}); });
    check([&] { static_cast<void>(loop.create_task(ch05::sleep(0s))); });
    check([&] { static_cast<void>(loop.create_future()); });
    check([&] { future.set_result(1); });
    check([&] { future.set_exception(std::runtime_error("no")); });
    check([&] { future.cancel(); });
    check([&] { bare.set_result(1); });
    check([&] { task.cancel(); });
    CHECK(in_a_thread([&] {
            loop.call_soon_threadsafe([&posted] { posted = true; });
          }) == "accepted");
    CHECK(in_a_thread([&] { loop.stop(); }) == "accepted");
    // It would change nothing; but to know that, the thread must look at it.
    check([&] { gone->cancel(); });
  });
  loop.run_forever();

  // d14: nothing has changed, and no wake-up is lost.
  CHECK_FALSE(future.done());
  CHECK_FALSE(bare.done());
  CHECK(task.cancelling() == 0);
  future.set_result(7);
  run_once(loop);
  CHECK(called == 1);
  CHECK(posted);
  CHECK(log.lines().empty());
  task.cancel();
  run_once(loop);
  run_once(loop);
  loop.close();
}

TEST_CASE("d04 created at names the caller's line") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  const auto ends_with = [](const std::string& text, const std::string& end) {
    INFO(text);
    CHECK(text.size() > end.size());
    CHECK(text.substr(text.size() - end.size()) == end);
  };
  const auto created = [](const std::string& place) {
    return " created at " + place + ">";
  };
  ends_with(loop.call_soon([] {})->repr(), created(here()));
  ends_with(loop.call_later(1s, [] {})->repr(), created(here()));
  ends_with(loop.call_at(1s, [] {})->repr(), created(here()));
  ends_with(loop.create_future().repr(), created(here()));
  const auto task = loop.create_task(ch05::sleep(0s));
  ends_with(task.repr(), created(here(-1)));

  const auto main = [&]() -> ch05::Coroutine<> {
    const auto child = ch05::create_task(ch05::sleep(0s, 1));
    ends_with(child.repr(), created(here(-1)));
    const auto sure = ch05::ensure_future(ch05::sleep(0s, 1));
    ends_with(sure.repr(), created(here(-1)));
    const auto both = ch05::gather(child, sure);
    ends_with(both.repr(), created(here(-1)));
    co_await both;
  };
  loop.run_until_complete(main());
  loop.close();

  loop.set_debug(false);
  CHECK(task.repr().find("created at") == std::string::npos);
}

TEST_CASE("d06 the flag takes effect immediately, even while running") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  std::string before;
  std::string after;
  const auto look = [&] {
    before = loop.repr();
    loop.set_debug(true);
    after = loop.repr();
  };
  const std::string place = here(1);
  const auto handle = loop.call_soon(ch05::named("f", look));
  CHECK(handle->repr() == "<Handle f() at " + place + ">");
  run_once(loop);
  CHECK(before == "<EventLoop running=True closed=False debug=False>");
  CHECK(after == "<EventLoop running=True closed=False debug=True>");
  // Places are always recorded: debug mode shows them for older objects too.
  CHECK(handle->repr() ==
        "<Handle f() at " + place + " created at " + place + ">");
  loop.close();
}

TEST_CASE("l14.on d12 reports tell where the object was created") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  const auto broken = [] { throw std::out_of_range("1"); };
  const std::string place = here(1);
  loop.call_soon(ch05::named("broken", broken));
  const std::string file = place.substr(0, place.find(':'));
  const std::string line = place.substr(place.find(':') + 1);
  run_once(loop);
  REQUIRE(log.lines().size() == 1);
  CHECK_THAT(log.lines()[0],
             StartsWith("ERROR: Exception in callback broken() at " + place +
                        "\nhandle: <Handle broken() at " + place +
                        " created at " + place + ">" +
                        "\nsource_traceback: Object created at (most recent "
                        "call last):\n  File \"" +
                        file + "\", line " + line + ", in "));
  log.clear();

  // The program's own report, made while a handle runs: the handle's place.
  loop.call_soon([&loop] {
    loop.call_exception_handler(
        {.message = "by hand", .exception = nullptr, .values = {{"a", 1}}});
  });
  run_once(loop);
  REQUIRE(log.lines().size() == 1);
  CHECK_THAT(log.lines()[0],
             StartsWith("ERROR: by hand\na: 1\nhandle_traceback: Handle "
                        "created at (most recent call last):\n  File \"" +
                        file + "\", line "));
  log.clear();

  // When no handle runs, there is no traceback.
  loop.call_exception_handler(
      {.message = "outside", .exception = nullptr, .values = {}});
  CHECK(log.lines() == Lines{"ERROR: outside"});
  loop.close();
}

TEST_CASE("l15 a raising exception handler is reported") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_exception_handler(
      [](ch02::EventLoop&, const ch05::ExceptionContext&) {
        throw std::logic_error("in the handler");
      });
  loop.call_exception_handler(
      {.message = "first", .exception = nullptr, .values = {}});
  CHECK(log.lines() ==
        Lines{"ERROR: Unhandled error in exception handler\n"
              "context: {'message': 'first'}\nstd::logic_error: in the "
              "handler"});
  loop.close();
}

TEST_CASE("l20.on a cancelled handle keeps its text in debug") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  const std::string place = here(1);
  const auto timer = loop.call_at(123500ms, ch05::named("func", [] {}));
  timer->cancel();
  CHECK(timer->repr() == "<TimerHandle cancelled when=123.5 func() at " +
                             place + " created at " + place + ">");
  loop.close();
}

TEST_CASE("when debug mode is off again, nothing is checked") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  loop.set_debug(false);
  loop.call_soon([&] {
    CHECK(in_a_thread([&] { loop.call_soon([] {}); }) == "accepted");
  });
  run_once(loop);
  run_once(loop);
  loop.close();
}

// --- Every entry point asks for the thread, before it looks at anything
// ---------

TEST_CASE("d02 every change checks the thread first, done or not") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  const auto pipe = common::make_pipe();
  const auto pending = loop.create_future<int>();
  const auto done = loop.create_future<int>();
  const auto failed = loop.create_future<int>();
  const auto cancelled = loop.create_future<int>();
  const auto callback = pending.add_done_callback([](auto) {});
  done.set_result(1);
  failed.set_exception(std::runtime_error("late"));
  cancelled.cancel();
  const auto task = loop.create_task(ch05::sleep(1h));
  const auto timer = loop.call_later(1h, [] {});
  auto* const me = static_cast<ch05::TaskBase*>(task.base().get());
  loop.add_reader(pipe.read.get(), [] {});
  loop.call_soon([&] {
    loop.set_debug(true);
    const auto check = [](const auto& function) {
      CHECK(in_a_thread([&] { function(); }) == kWrongThread);
    };
    for (const auto& future : {pending, done, failed, cancelled}) {
      check([&] { future.set_result(1); });
      check([&] { future.set_exception(std::runtime_error("")); });
      check([&] { future.cancel(); });
      check([&] { future.add_done_callback([](auto) {}); });
      check([&] { future.remove_done_callback(callback); });
      check([&] { future.result(); });
      check([&] { future.exception(); });
    }
    check([&] { task.cancel(); });
    check([&] { task.uncancel(); });
    check([&] { task.set_name("other"); });
    check([&] { timer->cancel(); });
    check([&] { callback->cancel(); });
    check([&] { loop.remove_reader(pipe.read.get()); });
    check([&] { loop.remove_writer(pipe.write.get()); });
    check([&] { loop.set_exception_handler(nullptr); });
    check([&] { loop.set_debug(false); });
    check([&] { task.set_log_destroy_pending(false); });
    check([&] { me->set_name("other"); });
    check([&] { me->uncancel(); });
    check([&] { failed.base()->ignore_exception(); });
    check([&] { static_cast<void>(loop.all_tasks()); });
    check([&] { static_cast<void>(ch05::gather(pending, done)); });
    check([&] { static_cast<void>(ch05::gather_outcomes(pending)); });
    check([&] { static_cast<void>(ch05::shield(pending)); });
    check([&] { static_cast<void>(loop.create_future()); });
    loop.stop();
  });
  loop.run_forever();
  CHECK_FALSE(pending.done());
  CHECK_FALSE(timer->cancelled());
  CHECK(task.get_name() != "other");
  CHECK(failed.base()->exception_unseen());
  CHECK(loop.debug());
  failed.base()->ignore_exception();
  pending.cancel();
  task.cancel();
  run_once(loop);
  const ch07::CatchWarnings quiet{ch07::Record::yes};
  loop.close();
}

TEST_CASE("d02 other threads ask while debug mode is switched") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  // For ThreadSanitizer, and for the answers.
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  std::atomic<bool> done = false;
  int refused = 0;
  std::thread other([&] {
    while (!loop.is_running()) std::this_thread::yield();
    for (int i = 0; i < 100; ++i) {
      if (!loop.debug()) continue;
      try {
        loop.call_soon([] {});
      } catch (const std::runtime_error&) {
        ++refused;
      }
    }
    done = true;
  });
  const std::function<void()> again = [&] {
    loop.set_debug(true);
    if (done) return loop.stop();
    loop.call_soon(again);
  };
  loop.call_soon(again);
  loop.run_forever();
  other.join();
  CHECK(refused == 100);
  loop.close();
}

// --- Reports
// --------------------------------------------------------------------

TEST_CASE("d12 a caller's own tracebacks stay") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  const auto in_a_handle = [&](ch05::ExceptionContext context) {
    log.clear();
    loop.call_soon([&] { loop.call_exception_handler(context); });
    run_once(loop);
    REQUIRE(log.lines().size() == 1);
    return log.lines()[0];
  };
  const auto own = ch02::ContextValue::plain("my own");
  CHECK(in_a_handle({.message = "m", .values = {{"source_traceback", own}}}) ==
        "ERROR: m\nsource_traceback: my own");
  CHECK(in_a_handle({.message = "m", .values = {{"handle_traceback", own}}}) ==
        "ERROR: m\nhandle_traceback: my own");
  // CPython: an object among the values adds nothing by itself.
  const auto future = loop.create_future();
  CHECK_THAT(
      in_a_handle({.message = "m", .values = {{"what", *future.base()}}}),
      StartsWith("ERROR: m\nhandle_traceback: Handle created at "));
  loop.close();
}

TEST_CASE("the place of a done callback is where the result was") {
  const Maker maker = GENERATE(from_range(makers()));
  INFO(maker.name);
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  const auto owner = maker.make(clock);
  auto& loop = *owner;
  loop.set_debug(true);
  const auto future = loop.create_future<int>();
  const auto broken =
      ch05::internal("broken", [](auto) { throw std::logic_error("late"); });
  future.add_done_callback(broken);
  const auto place_of = [&] {
    run_once(loop);
    REQUIRE(log.lines().size() == 1);
    const std::string line = log.lines()[0];
    log.clear();
    const auto at = line.find(" created at ") + 12;
    return line.substr(at, line.find('>') - at);
  };
  const auto line = [](int from_here, std::source_location here =
                                          std::source_location::current()) {
    return std::string("05_set_debug_test.cpp:") +
           std::to_string(static_cast<int>(here.line()) + from_here);
  };
  SECTION("of set_result") {
    future.set_result(1);
    CHECK(place_of() == line(-1));
  }
  SECTION("of set_exception") {
    future.set_exception(std::runtime_error("x"));
    CHECK(place_of() == line(-1));
    future.base()->ignore_exception();
  }
  SECTION("of cancel") {
    future.cancel();
    CHECK(place_of() == line(-1));
  }
  SECTION("of add_done_callback, where it is done already") {
    future.set_result(1);
    CHECK(place_of() == line(-1));
    future.add_done_callback(broken);
    CHECK(place_of() == line(-1));
  }
  loop.close();
}

// --- Places of loops
// ---------------------------------------------------------------

namespace {

template <class Loop>
void check_place() {
  common::VirtualClock clock;
  const auto here = std::source_location::current();
  Loop plain;
  Loop with_clock(clock);
  CHECK(common::file_line(plain.created_at()) ==
        "05_set_debug_test.cpp:" + std::to_string(here.line() + 1));
  CHECK(common::file_line(with_clock.created_at()) ==
        "05_set_debug_test.cpp:" + std::to_string(here.line() + 2));
  plain.close();
  with_clock.close();
}

}  // namespace

TEST_CASE("a loop of any chapter was made where it is declared") {
  loops::for_each<loops::All>(
      []<class Loop>(std::type_identity<Loop>) { check_place<Loop>(); });
}
