// Lets others in when half of the limit has gone by: the next cup may take more
// than the other half.

#include "chapters/08_asyncio_debug/exercises/quiet_not_deaf.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

asyncio::Logger& logger = asyncio::get_logger("tea");

asyncio::Coroutine<> boil(const Order& order) {
  logger.info("water on");
  co_await asyncio::sleep(order.kettle);
  logger.info("water boils");
}

asyncio::Coroutine<> fill_cups(asyncio::EventLoop& loop, const Order& order) {
  auto begun = loop.time();
  for (int cup = 1; cup <= order.cups; ++cup) {
    order.pour();
    logger.info("cup {}", cup);
    if (loop.time() - begun < kLimit / 2) continue;  // there is time for more
    co_await asyncio::sleep(std::chrono::seconds(0));
    begun = loop.time();
  }
}

asyncio::Coroutine<> tea(asyncio::EventLoop& loop, const Order& order) {
  co_await boil(order);
  co_await fill_cups(loop, order);
  logger.info("tea is ready");
}

}  // namespace

void make_tea(common::Clock& clock, const Order& order,
              const Visitor& visitor) {
  asyncio::EventLoop loop(clock);
  loop.set_debug(true);
  loop.slow_callback_duration = kLimit;
  asyncio::simplefilter("always", asyncio::ResourceWarning);
  visitor(loop);
  loop.run_until_complete(tea(loop, order));
  loop.close();
}

}  // namespace exercises
