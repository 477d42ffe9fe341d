// Code that a reader who knows Python types in the first hour: it works. Much
// of it is tested by compiling it.
#include <fmt/core.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "common/clock.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/loops.hpp"

namespace {

namespace asyncio = ch07;
using namespace std::chrono_literals;
using Loops = loops::From<asyncio::EventLoop>;

asyncio::Coroutine<int> job(int value) {
  co_await asyncio::sleep(1s);
  if (value < 0) throw std::runtime_error("negative");
  co_return value;
}

asyncio::Coroutine<> main_task(std::string& debug) {
  auto& loop = asyncio::get_running_loop<asyncio::EventLoop>();
  debug = loop.debug() ? "on" : "off";
  co_return;
}

// What a program may hand over in place of a text.
template <class T>
concept MayBeText = requires(T value) {
  asyncio::get_logger(value);
  asyncio::named(value, 0);
  asyncio::get_level(value);
  asyncio::Formatter(value);
  asyncio::warn(value);
  asyncio::simplefilter(value);
  asyncio::filterwarnings("ignore", value);
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("call_exception_handler with a message alone", "",
                        Loops) {
  common::VirtualClock clock;
  TestType loop(clock);
  std::string got;
  loop.set_exception_handler([&](asyncio::EventLoop& its_loop,
                                 const asyncio::ExceptionContext& context) {
    got = context.message + (its_loop.debug() ? " in debug mode" : "");
  });
  loop.call_exception_handler({.message = "x"});
  CHECK(got == "x");
  loop.set_exception_handler(
      [&](auto&, const auto& context) { got = "again " + context.message; });
  loop.call_exception_handler({.message = "y"});
  CHECK(got == "again y");
  loop.close();
}

TEST_CASE("a handler that wants another chapter's loop is refused at once") {
  common::VirtualClock clock;
  ch03::EventLoop loop(clock);
  CHECK_THROWS_WITH(
      loop.set_exception_handler(
          [](asyncio::EventLoop&, const asyncio::ExceptionContext&) {}),
      "the event loop of this thread is not one of this chapter");
}

TEMPLATE_LIST_TEST_CASE("a sleep wherever a coroutine can be", "", Loops) {
  common::VirtualClock clock;
  TestType loop(clock);
  loop.run_until_complete(asyncio::sleep(1s));
  CHECK(loop.time() == 1s);
  const auto main = [&]() -> asyncio::Coroutine<> {
    const auto task = asyncio::create_task(asyncio::sleep(1s), "sleeper");
    co_await asyncio::gather(task, asyncio::sleep(2s));
    co_await asyncio::shield(asyncio::sleep(1s));
    co_await asyncio::wait_for(asyncio::sleep(1s), 2s);
    co_await asyncio::sleep(0.5s);
  };
  loop.run_until_complete(main());
  CHECK(loop.time() == 5500ms);
  loop.close();
}

// That they take nothing else is tested in book/traps/refused.
TEST_CASE("set_debug and RunOptions take a bool") {
  common::VirtualClock clock;
  std::string debug;
  asyncio::run(main_task(debug), {.debug = true, .clock = &clock});
  CHECK(debug == "on");
  asyncio::run(main_task(debug), {.debug = false});
  CHECK(debug == "off");
}

TEST_CASE("a text is never a null pointer") {
  static_assert(MayBeText<const char*> && MayBeText<std::string> &&
                MayBeText<std::string_view> && !MayBeText<std::nullptr_t>);
  const char* const none = nullptr;
  const std::string wanted = "a text is wanted, got a null pointer";
  CHECK_THROWS_WITH(asyncio::get_logger(none), wanted);
  CHECK_THROWS_WITH(asyncio::get_logger().log_text(asyncio::ERROR, none),
                    wanted);
  CHECK_THROWS_WITH(asyncio::named(none, [] {}), wanted);
  CHECK_THROWS_WITH(asyncio::get_level(none), wanted);
  CHECK_THROWS_WITH(asyncio::Level(none), wanted);
  CHECK_THROWS_WITH(asyncio::Formatter(none), wanted);
  CHECK_THROWS_WITH(asyncio::warn(none), wanted);
  CHECK_THROWS_WITH(asyncio::simplefilter(none), wanted);
  CHECK_THROWS_WITH(asyncio::filterwarnings("ignore", none), wanted);
}

TEST_CASE("texts that were composed are the object's own") {
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  const auto composed = [](int number) {
    return "a text that was composed, number " + std::to_string(number);
  };
  const auto task = loop.create_task(job(1), composed(1));
  const auto callback =
      loop.create_future().add_done_callback(asyncio::named(composed(2),  //
                                                            [](auto) {}));
  asyncio::Logger& logger = asyncio::get_logger(composed(3));
  const asyncio::CatchWarnings caught{asyncio::Record::yes};
  asyncio::filterwarnings("ignore", composed(4));
  asyncio::filterwarnings("always", composed(5));
  asyncio::warn(composed(4));
  asyncio::warn(composed(5));
  CHECK(task.get_name() == composed(1));
  task.set_name(composed(6));
  CHECK(task.get_name() == composed(6));
  CHECK(callback->repr(common::Detail::brief)
            .starts_with("<Handle " + composed(2) + "() at "));
  CHECK(logger.name() == composed(3));
  CHECK(&logger == &asyncio::get_logger(composed(3)));
  REQUIRE(caught.records().size() == 1);
  CHECK(caught.records()[0].text == composed(5));
  task.cancel();
  loop.run_until_complete(asyncio::sleep(0s));
  loop.close();
}

TEST_CASE("run() takes a clock in every chapter, in both ways") {
  common::VirtualClock clock;
  CHECK(ch03::run(job(3), clock) == 3);
  CHECK(ch03::run(job(3), {.clock = &clock}) == 3);
  CHECK(ch04::run(job(4), clock) == 4);
  CHECK(ch04::run(job(4), {.clock = &clock}) == 4);
  CHECK(ch05::run(job(5), clock) == 5);
  CHECK(ch05::run(job(5), {.clock = &clock}) == 5);
  CHECK(ch06::run(job(6), clock) == 6);
  CHECK(ch06::run(job(6), {.clock = &clock}) == 6);
  CHECK(ch07::run(job(7), clock) == 7);
  CHECK(ch07::run(job(7), {.clock = &clock}) == 7);
  CHECK(ch09::run(job(9), clock) == 9);
  CHECK(ch09::run(job(9), {.clock = &clock}) == 9);
  CHECK(clock.now() == 12s);
}

TEST_CASE("run() with an empty pointer takes the system's clock") {
  const auto takes_it = []() -> asyncio::Coroutine<bool> {
    co_return &asyncio::get_running_loop().clock() == &common::system_clock();
  };
  CHECK(ch03::run(takes_it(), {.clock = nullptr}));
  CHECK(ch04::run(takes_it(), {.clock = nullptr}));
  CHECK(ch05::run(takes_it(), {.clock = nullptr}));
  CHECK(ch07::run(takes_it(), {.clock = nullptr}));
  CHECK(ch07::run(takes_it()));
}

TEST_CASE("print_stack() without a stream writes to standard error") {
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  const auto task = loop.create_task(job(1), "T");
  loops::StandardError errors;
  task.print_stack(nullptr);
  task.print_stack();
  const std::string text = errors.text();
  CHECK(text.find("Stack for <Task pending name='T'") == 0);
  CHECK(text.rfind("Stack for <Task pending name='T'") != 0);
  task.cancel();
  loop.run_until_complete(asyncio::sleep(0s));
  loop.close();
}

TEMPLATE_LIST_TEST_CASE("a task can be declared, and assigned later", "",
                        Loops) {
  common::VirtualClock clock;
  TestType loop(clock);
  asyncio::Task<int> task;
  task = loop.create_task(job(1));
  CHECK(loop.run_until_complete(task) == 1);
  loop.close();
}

TEST_CASE("gather and gather_outcomes: of jobs, of tasks, of vectors") {
  common::VirtualClock clock;
  const auto main = []() -> asyncio::Coroutine<std::string> {
    const auto [good, bad] = co_await asyncio::gather_outcomes(job(1), job(-1));
    std::string text = std::to_string(std::get<int>(good));
    text += " " + common::repr(std::get<std::exception_ptr>(bad));

    std::vector<asyncio::Coroutine<int>> jobs;
    jobs.push_back(job(2));
    jobs.push_back(job(3));
    for (const int value : co_await asyncio::gather(std::move(jobs))) {
      text += " " + std::to_string(value);
    }
    std::vector<asyncio::Task<int>> tasks{asyncio::create_task(job(4))};
    text += " " + std::to_string((co_await asyncio::gather(tasks)).at(0));
    const auto outcomes = co_await asyncio::gather_outcomes(tasks);
    text += " " + std::to_string(std::get<0>(outcomes.at(0)));
    std::vector<asyncio::Future<int>> futures{tasks.front()};
    text += " " + std::to_string((co_await asyncio::gather(futures)).at(0));
    co_return text;
  };
  CHECK(asyncio::run(main(), clock) ==
        "1 std::runtime_error('negative') 2 3 4 4 4");
}

TEST_CASE("outcomes have a text") {
  common::VirtualClock clock;
  const auto main = []() -> asyncio::Coroutine<std::string> {
    const auto both = asyncio::gather_outcomes(job(1), job(-1));
    co_await both;
    co_return both.repr();
  };
  CHECK(asyncio::run(main(), clock) ==
        "<_GatheringFuture finished result=(1, "
        "std::runtime_error('negative'))>");
}

TEMPLATE_LIST_TEST_CASE("tasks, futures, handles and loops can be printed", "",
                        Loops) {
  common::VirtualClock clock;
  TestType loop(clock);
  const auto task = loop.create_task(job(1), "T");
  const auto future = loop.template create_future<int>();
  const auto handle = loop.call_soon(asyncio::named("work", [] {}));
  const auto timer = loop.call_later(1s, asyncio::named("late", [] {}));
  CHECK(fmt::format("{}", task) == task.repr());
  CHECK(fmt::format("{}", future) == "<Future pending>");
  CHECK(fmt::format("{}", handle) == handle->repr());
  CHECK(fmt::format("{}", *handle) == handle->repr());
  CHECK(fmt::format("{}", timer) == timer->repr());
  CHECK(fmt::format("{}", loop) == loop.repr());
  CHECK(fmt::format("{}", asyncio::Ref<asyncio::Handle>()) == "None");
  loop.run_until_complete(task);
  loop.close();
}

TEST_CASE("no name of a later chapter hides one that is still wanted") {
  // logging.Filter and warnings' filters are different things.
  static_assert(std::constructible_from<asyncio::Filter,
                                        bool (*)(const asyncio::LogRecord&)>);
  const asyncio::LogRecord record{.message = "x"};
  CHECK(record.message == "x");
}
