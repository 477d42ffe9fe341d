// Chapter 7, the loop: its warnings about things that were left or lost.
// Tests named after a case (r01) compare with what CPython printed.

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/place.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/log_lines.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;
using ch07::CatchWarnings;

namespace {

using Loops = loops::From<ch07::EventLoop>;

template <class Loop>
void run_once(Loop& loop) {
  loop.stop();
  loop.run_forever();
}

// All warnings, as they would be printed, without the final newline.
class Warnings {
 public:
  Warnings() { ch07::simplefilter("always"); }

  Lines lines() const {
    Lines result;
    for (const auto& warning : caught_.records()) {
      result.push_back(warning.file + ":" + std::to_string(warning.line) +
                       ": " + std::string(warning.category->name()) + ": " +
                       warning.text);
    }
    return result;
  }

 private:
  const CatchWarnings caught_{ch07::Record::yes};
};

ch07::Coroutine<> forgotten(
    std::source_location = std::source_location::current()) {
  co_return;
}
ch07::Coroutine<> unplaced() { co_return; }
ch07::Coroutine<> stuck(ch07::Future<> future) { co_await future; }
ch07::Coroutine<> fails() {
  throw std::runtime_error("unseen");
  co_return;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("r01 a loop that is dropped without close()", "",
                        Loops) {
  LogLines log;
  const Warnings warnings;
  common::VirtualClock clock;
  std::optional<TestType> loop;
  const bool debug = GENERATE(false, true);
  loop.emplace(clock);
  const std::string file = "07_resource_warning_test.cpp:";
  loop->set_debug(debug);
  loop->run_until_complete(loop->create_task(ch07::sleep(0s)));
  log.clear();
  loop.reset();
  REQUIRE(warnings.lines().size() == 1);
  const std::string line = warnings.lines()[0];
  CHECK(line.substr(line.find(": ") + 2) ==
        "ResourceWarning: unclosed event loop <EventLoop running=False "
        "closed=False debug=" +
            common::repr(debug) + ">");
  CHECK(log.lines().empty());  // close() was not called
}

TEMPLATE_LIST_TEST_CASE("r01 the place is where the loop was made", "", Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  common::VirtualClock clock;
  std::string place;
  {
    const TestType loop(clock);
    place = here(-1);
  }
  REQUIRE(warnings.lines().size() == 1);
  CHECK_THAT(warnings.lines()[0], StartsWith(place + ": ResourceWarning"));
}

TEMPLATE_LIST_TEST_CASE(
    "r01.plain ResourceWarnings are ignored unless asked for", "", Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const CatchWarnings caught(ch07::Record::yes);
  common::VirtualClock clock;
  {
    const TestType loop(clock);
  }
  CHECK(caught.records().empty());
}

TEMPLATE_LIST_TEST_CASE("r01 a closed loop goes without a word", "", Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  common::VirtualClock clock;
  {
    TestType loop(clock);
    loop.run_until_complete(loop.create_task(ch07::sleep(1s)));
    loop.close();
  }
  CHECK(warnings.lines().empty());
}

TEMPLATE_LIST_TEST_CASE(
    "r01.error a warning made an error in a destructor is reported", "",
    Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const CatchWarnings restore;
  loops::StandardError errors;
  ch07::simplefilter("error");
  common::VirtualClock clock;
  {
    const TestType loop(clock);
  }
  CHECK(errors.text() ==
        "Exception ignored in: <EventLoop running=False closed=False "
        "debug=False>\nResourceWarning: unclosed event loop <EventLoop "
        "running=False closed=False debug=False>\n");
}

namespace {

// There is no memory for its text.
struct Unshowable {
  std::string repr() const { throw std::bad_alloc(); }
};
ch07::Coroutine<> waits(ch07::Future<Unshowable> future) { co_await future; }

}  // namespace

TEMPLATE_LIST_TEST_CASE("a loop's end that cannot be told about says so", "",
                        Loops) {
  const Warnings warnings;
  loops::StandardError errors;
  common::VirtualClock clock;
  {
    TestType loop(clock);
    const auto future = loop.template create_future<Unshowable>();
    const auto task = loop.create_task(waits(future));
    run_once(loop);
    future.set_result({});
  }
  CHECK_THAT(errors.text(),
             StartsWith("Exception ignored in: the end of an event loop\n"));
  CHECK(warnings.lines().empty());
}

TEST_CASE("r03 a coroutine that is never awaited") {
  const Warnings warnings;
  const std::string place = here(1);
  static_cast<void>(forgotten());
  const std::string line = place.substr(place.find(':') + 1);
  REQUIRE(warnings.lines().size() == 1);
  CHECK_THAT(warnings.lines()[0],
             StartsWith(place +
                        ": RuntimeWarning: coroutine 'forgotten' was never "
                        "awaited\nCoroutine created at (most recent call "
                        "last)\n  File \"07_resource_warning_test.cpp\", "
                        "line " +
                        line + ", in "));
}

TEST_CASE("r03 a coroutine that does not know where it was created") {
  const Warnings warnings;
  {
    const auto lost = unplaced();
  }
  REQUIRE(warnings.lines().size() == 1);
  const std::string line = warnings.lines()[0];
  CHECK(line.substr(line.find(": ") + 2) ==
        "RuntimeWarning: coroutine 'unplaced' was never awaited");
}

TEMPLATE_LIST_TEST_CASE(
    "a sleep that no task began tells where it was made a task", "", Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  common::VirtualClock clock;
  {
    TestType loop(clock);
    const auto task = loop.create_task(ch07::sleep(1s));
    loop.close();
  }
  const Lines lines = warnings.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].starts_with("07_resource_warning_test.cpp:"));
  CHECK(lines[1].find("coroutine 'ch03::sleep' was never awaited") !=
        std::string::npos);
}

TEMPLATE_LIST_TEST_CASE("r03 closed, awaited or made a task: no warning", "",
                        Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  auto closed = forgotten();
  closed.close();
  auto moved = forgotten();
  auto target = std::move(moved);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.run_until_complete(std::move(target));
  // Cancelled before its first step, so it was not forgotten.
  const auto task = loop.create_task(forgotten());
  task.cancel();
  run_once(loop);
  CHECK(task.cancelled());
  loop.close();
  CHECK(warnings.lines().empty());
}

TEST_CASE("r03.error it is reported, and the program goes on") {
  const CatchWarnings restore;
  loops::StandardError errors;
  ch07::simplefilter("error");
  {
    const auto lost = forgotten();
  }
  CHECK_THAT(errors.text(),
             StartsWith("Exception ignored in: <coroutine object forgotten>\n"
                        "RuntimeWarning: coroutine 'forgotten' was never "));
}

TEMPLATE_LIST_TEST_CASE("r04 a pending task that is dropped", "", Loops) {
  const bool debug = GENERATE(false, true);
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.set_debug(debug);
  static_cast<void>(loop.create_task(stuck(loop.create_future()), "lonely"));
  const std::string place = here(-1);
  CHECK(log.lines().empty());  // the ready queue holds it
  run_once(loop);
  REQUIRE(log.lines().size() == 1);
  const std::string report = log.lines()[0];
  const std::string task =
      "task: <Task pending name='lonely' coro=<stuck() running at "
      "07_resource_warning_test.cpp:";
  if (debug) {
    CHECK_THAT(report,
               StartsWith("ERROR: Task was destroyed but it is "
                          "pending!\nsource_traceback: Object created at (most "
                          "recent call last):\n  File "
                          "\"07_resource_warning_test.cpp\", line " +
                          place.substr(place.find(':') + 1) + ", in "));
    CHECK(report.find("\n" + task) != std::string::npos);
    CHECK(report.substr(report.find("> wait_for")) ==
          "> wait_for=<Future pending cb=[Task.task_wakeup()] created at " +
              place + "> created at " + place + ">");
  } else {
    CHECK_THAT(
        report,
        StartsWith("ERROR: Task was destroyed but it is pending!\n" + task));
    CHECK(report.substr(report.find("> wait_for")) ==
          "> wait_for=<Future pending cb=[Task.task_wakeup()]>>");
  }
  loop.close();
}

TEMPLATE_LIST_TEST_CASE(
    "r05 the maker of a task may hold it: run_until_complete does", "", Loops) {
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.call_soon([&] { loop.stop(); });
  CHECK_THROWS_WITH(loop.run_until_complete(stuck(loop.create_future())),
                    "Event loop stopped before Future completed.");
  loop.close();
  CHECK(log.lines().empty());
}

TEMPLATE_LIST_TEST_CASE("r05 a sleeping task is held by its timer", "", Loops) {
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  TestType loop(clock);
  bool woke = false;
  const auto sleeper = [&woke]() -> ch07::Coroutine<> {
    co_await ch07::sleep(1s);
    woke = true;
  };
  static_cast<void>(loop.create_task(sleeper()));
  loop.call_later(2s, [&] { loop.stop(); });
  loop.run_forever();
  CHECK(woke);
  CHECK(log.lines().empty());
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("r06 a failed task whose exception is never retrieved",
                        "", Loops) {
  const bool debug = GENERATE(false, true);
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.set_debug(debug);
  static_cast<void>(loop.create_task(fails(), "T"));
  const std::string place = here(-1);
  run_once(loop);
  REQUIRE(log.lines().size() == 1);
  CHECK_THAT(log.lines()[0],
             StartsWith("ERROR: Task exception was never retrieved\nfuture: "
                        "<Task finished name='T' coro=<fails() done, defined "
                        "at 07_resource_warning_test.cpp:"));
  const std::string end =
      log.lines()[0].substr(log.lines()[0].find("> exception"));
  if (debug) {
    CHECK_THAT(end, StartsWith("> exception=std::runtime_error('unseen') "
                               "created at " +
                               place + ">\nsource_traceback: Object created"));
  } else {
    CHECK(end ==
          "> exception=std::runtime_error('unseen')>\n"
          "std::runtime_error: unseen");
  }
  log.clear();

  SECTION("exception() counts as looking") {
    const auto task = loop.create_task(fails());
    run_once(loop);
    CHECK(task.exception() != nullptr);
  }
  SECTION("so does result()") {
    const auto task = loop.create_task(fails());
    run_once(loop);
    CHECK_THROWS_WITH(task.result(), "unseen");
  }
  SECTION("and await") {
    const auto waits = [&]() -> ch07::Coroutine<> {
      const auto task = loop.create_task(fails());
      co_await task;
    };
    CHECK_THROWS_WITH(loop.run_until_complete(waits()), "unseen");
  }
  SECTION("and cancel() afterwards") {
    const auto task = loop.create_task(fails());
    run_once(loop);
    CHECK_FALSE(task.cancel());
  }
  CHECK(log.lines().empty());
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("r07 a future whose exception is never retrieved", "",
                        Loops) {
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.create_future().set_exception(std::runtime_error("gone"));
  CHECK(log.lines() ==
        Lines{"ERROR: Future exception was never retrieved\nfuture: <Future "
              "finished exception=std::runtime_error('gone')>\n"
              "std::runtime_error: gone"});
  log.clear();
  {
    const auto future = loop.create_future();
    future.set_exception(std::runtime_error("gone"));
    future.cancel();
  }
  {
    const auto future = loop.create_future();
    future.set_exception(std::runtime_error("gone"));
    future.base()->ignore_exception();
  }
  CHECK(log.lines().empty());
  loop.close();
}

TEMPLATE_LIST_TEST_CASE(
    "r12 a task that fails while run() cancels what is left", "", Loops) {
  LogLines log(ch04::ERROR);
  common::VirtualClock clock;
  const auto bad_cleanup = []() -> ch07::Coroutine<> {
    bool cancelled = false;
    try {
      co_await ch07::sleep(60s);
    } catch (const ch07::CancelledError&) {
      cancelled = true;
    }
    if (cancelled) throw std::runtime_error("cleanup failed");
  };
  const auto main = [&]() -> ch07::Coroutine<> {
    static_cast<void>(ch07::ensure_future(bad_cleanup()));
    co_await ch07::sleep(0s);
  };
  const auto where = std::source_location::current();
  ch05::run_debug<TestType>(main(), {.debug = false, .clock = &clock}, where);
  REQUIRE(log.lines().size() == 1);
  CHECK_THAT(log.lines()[0],
             StartsWith("ERROR: unhandled exception during asyncio.run() "
                        "shutdown\ntask: <Task finished name='Task-"));
  CHECK(log.lines()[0].find("\nstd::runtime_error: cleanup failed") !=
        std::string::npos);
}

TEMPLATE_LIST_TEST_CASE(
    "r16 objects left at close() are reported, each with its place", "",
    Loops) {
  LogLines log(ch04::ERROR);
  const Warnings warnings;
  common::VirtualClock clock;
  TestType loop(clock);
  const auto pipe = common::make_pipe();
  const auto sockets = common::make_socket_pair();
  const auto nothing = [](const char* name) {
    return ch07::internal(name, [] {});
  };
  constexpr unsigned kLine = std::source_location::current().line();
  loop.call_soon(nothing("soon"));
  loop.call_later(2s, nothing("later"));
  loop.call_later(1s, nothing("sooner"));
  loop.add_reader(pipe.read.get(), nothing("readable"));
  loop.add_writer(sockets.write.get(), nothing("writable"));
  const auto task = loop.create_task(stuck(loop.create_future()), "T");
  loop.call_soon(nothing("cancelled"))->cancel();
  loop.call_later(1s, nothing("cancelled"))->cancel();

  loop.close();
  const auto expected = [](unsigned offset, const std::string& what) {
    return "07_resource_warning_test.cpp:" + std::to_string(kLine + offset) +
           ": ResourceWarning: " + what.substr(0, what.find(':')) +
           " left when the event loop was closed" + what.substr(what.find(':'));
  };
  const Lines lines = warnings.lines();
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] == expected(1, "callback: <Handle soon()>"));
  CHECK(lines[1] == expected(3, "timer: <TimerHandle when=1.0 sooner()>"));
  CHECK(lines[2] == expected(2, "timer: <TimerHandle when=2.0 later()>"));
  CHECK(lines[3] ==
        expected(4, "reader of fd " + std::to_string(pipe.read.get()) +
                        ": <Handle readable()>"));
  CHECK(lines[4] ==
        expected(5, "writer of fd " + std::to_string(sockets.write.get()) +
                        ": <Handle writable()>"));
  CHECK_THAT(lines[5], StartsWith(expected(6,
                                           "pending task: <Task pending "
                                           "name='T' coro=<stuck() ")));
  CHECK(loop.is_closed());
  loop.close();
  CHECK(warnings.lines().size() == 6);
  CHECK(log.lines().empty());  // the program still holds the task
}

TEMPLATE_LIST_TEST_CASE("posts from other threads are also left at close()", "",
                        Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  common::VirtualClock clock;
  TestType loop(clock);
  const std::string place = here(1);
  const auto post = [&] { loop.call_soon_threadsafe([] {}); };
  std::thread(post).join();
  loop.close();
  const Lines lines = warnings.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == place +
                        ": ResourceWarning: callback left when the event loop "
                        "was closed: <Handle <lambda>()>");
}

TEMPLATE_LIST_TEST_CASE(
    "of many leftovers at close() ten are listed, the rest counted", "",
    Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  common::VirtualClock clock;
  const std::string place = here(1);
  TestType loop(clock);
  for (int i = 0; i < 100'000; ++i) loop.call_later(1h, [] {});
  loop.close();
  const Lines lines = warnings.lines();
  REQUIRE(lines.size() == 11);
  CHECK(lines.back() == place +
                            ": ResourceWarning: timer: 99990 more left when "
                            "the event loop was closed");
}

TEMPLATE_LIST_TEST_CASE("close() closes even if its warnings are errors", "",
                        Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const CatchWarnings restore;
  ch07::simplefilter("error", ch07::ResourceWarning);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.call_soon([] {});
  CHECK_THROWS_AS(loop.close(), ch07::WarningError);
  CHECK(loop.is_closed());
}

TEMPLATE_LIST_TEST_CASE(
    "close() of a running loop is refused, and warns of nothing", "", Loops) {
  const LogLines quiet(ch04::CRITICAL);
  const Warnings warnings;
  common::VirtualClock clock;
  TestType loop(clock);
  loop.call_later(1h, [] {});
  loop.call_soon([&] {
    CHECK_THROWS_WITH(loop.close(), "Cannot close a running event loop");
    loop.stop();
  });
  loop.run_forever();
  CHECK(warnings.lines().empty());
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("pending tasks that outlive their loop are reported",
                        "", Loops) {
  LogLines log(ch04::ERROR);
  const CatchWarnings quiet(ch07::Record::yes);
  common::VirtualClock clock;
  std::optional<ch07::Task<>> task;
  {
    TestType loop(clock);
    task = loop.create_task(stuck(loop.create_future()), "late");
    run_once(loop);
    CHECK(log.lines().empty());
  }
  REQUIRE(log.lines().size() == 1);
  CHECK_THAT(log.lines()[0],
             StartsWith("ERROR: Task was destroyed but it is pending!\ntask: "
                        "<Task pending name='late'"));
  CHECK(task->cancelled());
  CHECK_FALSE(task->cancel());
  task.reset();
  CHECK(log.lines().size() == 1);
}

TEMPLATE_LIST_TEST_CASE(
    "an exception handler may look at the reported objects, even late", "",
    Loops) {
  const LogLines quiet(ch04::CRITICAL);
  common::VirtualClock clock;
  std::vector<std::string> messages;
  TestType loop(clock);
  loop.set_exception_handler(
      [&](ch02::EventLoop&, const ch07::ExceptionContext& context) {
        messages.push_back(context.message);
        for (const auto& [key, value] : context.values) {
          messages.push_back(key + " " + (value.object() ? "object" : "text"));
        }
      });
  static_cast<void>(loop.create_task(stuck(loop.create_future())));
  static_cast<void>(loop.create_task(fails()));
  run_once(loop);
  CHECK(messages == Lines{"Task was destroyed but it is pending!",
                          "task object", "Task exception was never retrieved",
                          "future object"});
  loop.set_exception_handler(nullptr);
  loop.close();
}
