// Exercise quiet_not_deaf (chapter 8), solved.
//
// There are two kinds of slow steps, and two cures. A kettle needs no hands: to
// wait for it, co_await sleep() gives the thread to the others. Pouring is
// work, which no wait can do: it is cut into pieces below the limit, and
// sleep(0s) between two pieces lets the others run. With both, the step that
// begins after the kettle ends after the first cup.
//
// The lines that listen are unchanged. Any of them could silence this program
// in ten seconds: a higher limit, no debug mode, a filter. But each of these
// would have silenced the visitor's faults as well.
//
// Another way for the cups: a task for each, and gather(). They are steps of
// their own then, but to have them in order, wait for each.

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
  loop.close();
}

}  // namespace exercises
