// How can a function wait without making everybody else wait? In a coroutine.

#include <chrono>
#include <stdexcept>
#include <string>

#include "chapters/03_coroutine_task/gather.hpp"
#include "chapters/03_coroutine_task/run.hpp"
#include "chapters/03_coroutine_task/wait_for.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/03_coroutine_task.hpp"

namespace asyncio = ch03;

namespace {

using namespace std::chrono_literals;

// #region inner
asyncio::Coroutine<int> inner(std::string name, int value) {
  common::print("{} starts", name);
  co_await asyncio::sleep(100ms);
  common::print("{} has slept", name);
  co_return value;
}
// #endregion inner

asyncio::Coroutine<int> fails() {
  co_await asyncio::sleep(50ms);
  throw std::runtime_error("no coffee left");
}

// #region sleeps_long
asyncio::Coroutine<> sleeps_long() {
  try {
    co_await asyncio::sleep(1h);
  } catch (const asyncio::CancelledError&) {
    common::print("sleeps_long was cancelled, and tidies up");
    throw;
  }
}
// #endregion sleeps_long

// #region outer
asyncio::Coroutine<int> outer() {
  common::print("outer awaits inner");
  const int first = co_await inner("inner", 20);

  common::print("outer awaits two tasks at once");
  const auto [second, third] =
      co_await asyncio::gather(inner("left", 1), inner("right", 21));
  co_return first + second + third;
}
// #endregion outer

asyncio::Coroutine<> trouble(bool cancel_early) {
  // #region fails
  const auto failing = asyncio::create_task(fails());
  try {
    co_await failing;
  } catch (const std::runtime_error& error) {
    common::print("caught: {}", error.what());
  }
  common::print("{}", failing.repr());
  // #endregion fails

  // #region cancelled
  const auto sleeper = asyncio::create_task(sleeps_long(), "sleeper");
  if (!cancel_early) co_await asyncio::sleep(0s);  // let it begin
  common::print("{}", sleeper.repr());
  sleeper.cancel();
  try {
    co_await sleeper;
  } catch (const asyncio::CancelledError&) {
    common::print("{}", sleeper.repr());
  }
  // #endregion cancelled

  try {
    co_await asyncio::wait_for(asyncio::sleep(1h), 200ms);
  } catch (const asyncio::TimeoutError&) {
    common::print("an hour is too long");
  }
}

int program(int argc, char** argv) {
  bool cancel_early = false;
  common::CommandLine command_line("Runs coroutines as tasks.");
  command_line.flag("cancel-early,c", cancel_early,
                    "cancel the sleeper before its first step");
  command_line.parse(argc, argv);

  common::Recorded<asyncio::EventLoop> loop(command_line);
  const auto start = loop.time();
  common::print("outer returned {}", loop.run_until_complete(outer()));
  loop.run_until_complete(trouble(cancel_early));
  common::print("all done after {:.2f} s",
                common::to_seconds(loop.time() - start));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
