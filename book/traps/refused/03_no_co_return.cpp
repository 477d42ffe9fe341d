// A coroutine that owes a number. GCC 12 does not notice.
#include "chapters/03_coroutine_task/awaiters.hpp"

namespace asyncio = ch03;

asyncio::Coroutine<> boil_water();

// #region cups
asyncio::Coroutine<int> cups() { co_await boil_water(); }
// #endregion cups
