// Three ways to leave a function, and one of them leaves no trace.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch07;

namespace {

enum class Leave { by_return, by_exception, by_exit };

// #region serve
void serve(Leave how) {
  common::VirtualClock clock;
  const asyncio::EventLoop loop(clock);  // never closed
  if (how == Leave::by_exit) {
    fmt::print(stderr, "leaving by exit\n");
    std::exit(1);
  }
  if (how == Leave::by_exception) {
    fmt::print(stderr, "leaving by exception\n");
    throw std::runtime_error("we close at six");
  }
  fmt::print(stderr, "leaving by return\n");
}
// #endregion serve

}  // namespace

// #region main
int main() {
  asyncio::simplefilter("always", asyncio::ResourceWarning);
  serve(Leave::by_return);
  try {
    serve(Leave::by_exception);
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  serve(Leave::by_exit);
}
// #endregion main
