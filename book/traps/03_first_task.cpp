// The smallest program with a task.
#include <fmt/format.h>

#include <chrono>

#include "chapters/03_coroutine_task/run.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"

namespace asyncio = ch03;

// #region program
using namespace std::chrono_literals;

asyncio::Coroutine<> tea() {
  fmt::print("the water is on\n");
  co_await asyncio::sleep(100ms);
  fmt::print("the tea is ready\n");
}

int main() { asyncio::run(tea()); }
// #endregion program
