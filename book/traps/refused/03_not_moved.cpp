// Awaits a coroutine that has a name.
#include <utility>

#include "chapters/03_coroutine_task/awaiters.hpp"

namespace asyncio = ch03;

asyncio::Coroutine<> boil_water();

// #region breakfast
asyncio::Coroutine<> breakfast() {
  auto water = boil_water();
  co_await water;
}
// #endregion breakfast

asyncio::Coroutine<> good_breakfast() {
  auto water = boil_water();
  // #region fixed
  co_await std::move(water);
  // #endregion fixed
}
