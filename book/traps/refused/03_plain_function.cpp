// Functions that wait, and are no coroutines by their type.
#include <chrono>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"

namespace asyncio = ch03;
using namespace std::chrono_literals;

// #region function
void wait_a_second() { co_await asyncio::sleep(1s); }
// #endregion function

// #region fixed
asyncio::Coroutine<> rest() { co_await asyncio::sleep(1s); }
// #endregion fixed

void later(asyncio::EventLoop& loop, asyncio::Task<>& task) {
  // #region callback
  loop.call_soon([] { co_await asyncio::sleep(1s); });
  // #endregion callback

  // #region fixed_callback
  loop.call_soon([&] { task = loop.create_task(rest()); });
  // #endregion fixed_callback
}
