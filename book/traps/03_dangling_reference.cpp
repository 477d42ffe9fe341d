// sanitize: address
// A coroutine keeps a reference to a string that dies before it begins.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "chapters/03_coroutine_task/run.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"
#include "common/clock.hpp"

namespace asyncio = ch03;

namespace {

using namespace std::chrono_literals;

// #region greet
asyncio::Coroutine<> greet(const std::string& name) {
  co_await asyncio::sleep(10ms);
  fmt::print("hello {}\n", name);
}
// #endregion greet

// #region mended
asyncio::Coroutine<> greet_copy(std::string name) {
  co_await asyncio::sleep(10ms);
  fmt::print("hello {}\n", name);
}
// #endregion mended

}  // namespace

int main() {
  // A sanitizer ends the program at once: what was printed must be out.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);

  // #region one_line
  loop.run_until_complete(greet("Ada"));
  // #endregion one_line

  // #region by_value
  const auto copied = loop.create_task(greet_copy("Grace"));
  loop.run_until_complete(copied);
  // #endregion by_value

  // #region two_lines
  const auto task = loop.create_task(greet("Grace"));
  loop.run_until_complete(task);
  // #endregion two_lines
}
