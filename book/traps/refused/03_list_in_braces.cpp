// Awaits a call with a list in braces. GCC 12 cannot compile it.
#include <vector>

#include "chapters/03_coroutine_task/awaiters.hpp"

namespace asyncio = ch03;

asyncio::Coroutine<> fry(std::vector<int> minutes);

// #region breakfast
asyncio::Coroutine<> breakfast() { co_await fry({3, 4}); }
// #endregion breakfast

asyncio::Coroutine<> good_breakfast() {
  // #region fixed
  const std::vector<int> minutes{3, 4};
  co_await fry(minutes);
  // #endregion fixed
}
