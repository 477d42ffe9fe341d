// sanitize: address
// A coroutine keeps a reference to a string of a function that has returned.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"
#include "common/clock.hpp"

namespace asyncio = ch03;

namespace {

using namespace std::chrono_literals;

// #region begin
asyncio::Coroutine<> greet(const std::string& name) {
  co_await asyncio::sleep(10ms);
  fmt::print("hello {}\n", name);
}

asyncio::Task<> begin(asyncio::EventLoop& loop) {
  const std::string name = "Grace";
  return loop.create_task(greet(name));
}
// #endregion begin

}  // namespace

int main() {
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  const auto task = begin(loop);
  loop.run_until_complete(task);
}
