// Functions that can wait: coroutines, and the tasks that drive them.
#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "chapters/03_coroutine_task/awaiting.hpp"
#include "common/command_line.hpp"

namespace asyncio = ch03;

namespace {

using namespace std::chrono_literals;

// #region inner
asyncio::Coroutine<int> inner(std::string name, int value) {
  fmt::print("{} starts\n", name);
  co_await asyncio::sleep(100ms);
  fmt::print("{} has slept\n", name);
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
    fmt::print("sleeps_long was cancelled, and tidies up\n");
    throw;
  }
}
// #endregion sleeps_long

// #region outer
asyncio::Coroutine<int> outer() {
  fmt::print("outer awaits inner\n");
  const int first = co_await inner("inner", 20);

  fmt::print("outer awaits two tasks at once\n");
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
    fmt::print("caught: {}\n", error.what());
  }
  fmt::print("{}\n", failing.repr());
  // #endregion fails

  // #region cancelled
  const auto sleeper = asyncio::create_task(sleeps_long(), "sleeper");
  if (!cancel_early) co_await asyncio::sleep(0s);  // let it begin
  fmt::print("{}\n", sleeper.repr());
  sleeper.cancel();
  try {
    co_await sleeper;
  } catch (const asyncio::CancelledError&) {
    fmt::print("{}\n", sleeper.repr());
  }
  // #endregion cancelled

  // #region timeout
  try {
    co_await asyncio::wait_for(asyncio::sleep(1h), 200ms);
  } catch (const asyncio::TimeoutError&) {
    fmt::print("an hour is too long\n");
  }
  // #endregion timeout
}

int program(int argc, char** argv) {
  bool cancel_early = false;
  common::CommandLine command_line("Runs coroutines as tasks.");
  command_line.flag("cancel-early,c", cancel_early,
                    "cancel the sleeper before its first step");
  command_line.parse(argc, argv);

  asyncio::EventLoop loop(command_line.clock());
  const auto start = loop.time();
  fmt::print("outer returned {}\n", loop.run_until_complete(outer()));
  loop.run_until_complete(trouble(cancel_early));
  fmt::print("all done after {:.2f} s\n",
             common::to_seconds(loop.time() - start));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
