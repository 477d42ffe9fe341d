// Numbers where a time is wanted.
#include <chrono>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "chapters/03_coroutine_task/wait_for.hpp"

namespace asyncio = ch03;
using namespace std::chrono_literals;

asyncio::Coroutine<> boil_water();

// #region breakfast
asyncio::Coroutine<> breakfast() {
  co_await asyncio::sleep(1);
  co_await asyncio::wait_for(boil_water(), 0.5);
}
// #endregion breakfast

void later(asyncio::EventLoop& loop, common::VirtualClock& clock) {
  loop.call_later(5L, [] {});
  loop.call_at(5U, [] {});
  clock.advance(2.5F);
  clock.sleep(5LL);
}

// #region fixed
asyncio::Coroutine<> good_breakfast() {
  co_await asyncio::sleep(1s);
  co_await asyncio::wait_for(boil_water(), 500ms);
}
// #endregion fixed
