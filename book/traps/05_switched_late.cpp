// Debug mode comes late, for a handle that exists already.
#include <fmt/format.h>

#include <chrono>

#include "chapters/05_set_debug/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch05;
using namespace std::chrono_literals;

int main() {
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  // #region late
  auto tea_time = asyncio::named("tea_time", [] { fmt::print("tea!\n"); });

  const auto handle = loop.call_later(30s, tea_time);
  fmt::print("{}\n", handle->repr());
  loop.set_debug(true);
  fmt::print("{}\n", handle->repr());
  // #endregion late
  loop.close();
}
