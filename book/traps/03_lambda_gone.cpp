// sanitize: address
// A lambda that is a coroutine dies before its coroutine begins.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"
#include "common/clock.hpp"

namespace asyncio = ch03;

int main() {
  using namespace std::chrono_literals;
  // A sanitizer ends the program at once: what was printed must be out.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  const std::string name = "Ada";

  // #region parameter
  const auto good = loop.create_task([](auto guest) -> asyncio::Coroutine<> {
    co_await asyncio::sleep(10ms);
    fmt::print("hello {}\n", guest);
  }(name));
  // #endregion parameter
  loop.run_until_complete(good);

  // #region capture
  const auto bad = loop.create_task([name]() -> asyncio::Coroutine<> {
    co_await asyncio::sleep(10ms);
    fmt::print("hello {}\n", name);
  }());  // the lambda ends here, and the copy of the name with it
  // #endregion capture
  loop.run_until_complete(bad);
}
