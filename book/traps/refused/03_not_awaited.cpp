// Three calls without a co_await.
#include <chrono>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace asyncio = ch03;
using namespace std::chrono_literals;

asyncio::Coroutine<> boil_water();

// #region breakfast
asyncio::Coroutine<> breakfast() {
  boil_water();
  asyncio::sleep(1s);
  asyncio::create_task(boil_water());
  co_return;
}
// #endregion breakfast

// #region fixed
asyncio::Coroutine<> good_breakfast() {
  co_await boil_water();
  co_await asyncio::sleep(1s);
  const auto more_water = asyncio::create_task(boil_water());
  co_await more_water;
}
// #endregion fixed
