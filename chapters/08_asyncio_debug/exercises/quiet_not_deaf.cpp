// Exercise quiet_not_deaf (chapter 8), a hunt: silence with -v.
//
//   ./workbook check quiet_not_deaf    judges this file
//   ./workbook hint quiet_not_deaf     says a little more, each time

#include "chapters/08_asyncio_debug/exercises/quiet_not_deaf.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

asyncio::Logger& logger = asyncio::get_logger("tea");

asyncio::Coroutine<> boil(asyncio::EventLoop& loop, const Order& order) {
  logger.info("water on");
  loop.clock().sleep(order.kettle);
  logger.info("water boils");
  co_return;
}

asyncio::Coroutine<> fill_cups(const Order& order) {
  for (int cup = 1; cup <= order.cups; ++cup) {
    order.pour();
    logger.info("cup {}", cup);
  }
  co_return;
}

asyncio::Coroutine<> tea(asyncio::EventLoop& loop, const Order& order) {
  co_await boil(loop, order);
  co_await fill_cups(order);
  logger.info("tea is ready");
}

}  // namespace

// TODO: debug mode finds three faults, and they are in the tea, not in debug
// mode. Fix them with co_await asyncio::sleep() and close(). Then your own
// tea is made without a report, and a visitor's faults are still reported.
void make_tea(common::Clock& clock, const Order& order,
              const Visitor& visitor) {
  asyncio::EventLoop loop(clock);
  loop.set_debug(true);
  loop.slow_callback_duration = kLimit;
  asyncio::simplefilter("always", asyncio::ResourceWarning);
  visitor(loop);
  loop.run_until_complete(tea(loop, order));
}

}  // namespace exercises
