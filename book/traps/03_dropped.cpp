// Two tasks, and the variables that hold them go.
#include <fmt/format.h>

#include <chrono>

#include "chapters/03_coroutine_task/ensure_future.hpp"
#include "chapters/03_coroutine_task/run.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"

namespace asyncio = ch03;

namespace {

using namespace std::chrono_literals;

// #region coroutines
struct Bed {
  const char* whose;
  ~Bed() { fmt::print("the bed of the {} is made\n", whose); }
};

asyncio::Coroutine<> sleeps() {
  const Bed bed{"sleeper"};
  co_await asyncio::sleep(100ms);
  fmt::print("the sleeper has slept\n");
}

asyncio::Coroutine<> waits(asyncio::Future<> message) {
  const Bed bed{"waiter"};
  co_await message;
  fmt::print("the waiter has the message\n");
}
// #endregion coroutines

// #region drop
asyncio::Coroutine<> drop() {
  {
    const auto sleeper = asyncio::create_task(sleeps());
    const auto message = asyncio::get_running_loop().create_future();
    const auto waiter = asyncio::create_task(waits(message));
    co_await asyncio::sleep(0s);  // both begin
    fmt::print("the variables go\n");
  }
  fmt::print("the variables are gone\n");
  co_await asyncio::sleep(1s);
}
// #endregion drop

}  // namespace

int main() { asyncio::run(drop()); }
