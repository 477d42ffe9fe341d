// Cancels all tasks of the loop before it closes it, also those that a visitor
// has left there.

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

asyncio::Coroutine<> fill_cups(const Order& order) {
  for (int cup = 1; cup <= order.cups; ++cup) {
    order.pour();
    logger.info("cup {}", cup);
    co_await asyncio::sleep(std::chrono::seconds(0));
  }
}

asyncio::Coroutine<> tea(const Order& order) {
  co_await boil(order);
  co_await fill_cups(order);
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
  loop.run_until_complete(tea(order));
  for (const auto& task : loop.all_tasks()) task->cancel();
  loop.run_until_complete(asyncio::sleep(std::chrono::seconds(0)));
  loop.close();
}

}  // namespace exercises
