// A coroutine with a return.
#include "chapters/03_coroutine_task/awaiters.hpp"

namespace asyncio = ch03;

asyncio::Coroutine<> boil_water();

// #region cups
asyncio::Coroutine<int> cups() {
  co_await boil_water();
  return 2;
}
// #endregion cups

asyncio::Coroutine<int> good_cups() {
  co_await boil_water();
  // #region fixed
  co_return 2;
  // #endregion fixed
}
