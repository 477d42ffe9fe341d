// Pauses when the clock says that a step has become long.

#include <fmt/format.h>

#include "chapters/09_culprit/exercises/three_suspects.hpp"

namespace asyncio = ch09;

namespace exercises {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Lets others in when this step is long enough.
class Step {
 public:
  asyncio::Coroutine<> breathe() {
    if (now() - since_ < 60ms) co_return;
    co_await asyncio::sleep(0s);
    since_ = now();
  }

 private:
  static nanoseconds now() { return asyncio::get_running_loop().time(); }
  nanoseconds since_ = now();
};

asyncio::Coroutine<> pick(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) {
    co_await step.breathe();
    shop.work(order, "pick");
  }
}

asyncio::Coroutine<> sieve(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) {
    co_await shop.lamp();
    co_await step.breathe();
    shop.work(order, "sieve");
  }
}

asyncio::Coroutine<> stir(Shop& shop, const Order& order, Step& step) {
  co_await shop.lamp();
  co_await step.breathe();
  shop.work(order, "stir");
}

asyncio::Coroutine<> roast(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) co_await stir(shop, order, step);
}

asyncio::Coroutine<> turn(Shop& shop, const Order& order, Step& step) {
  co_await shop.lamp();
  co_await step.breathe();
  shop.work(order, "turn");
}

asyncio::Coroutine<> grind(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) co_await turn(shop, order, step);
}

asyncio::Coroutine<> pour(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) {
    co_await shop.lamp();
    co_await step.breathe();
    shop.work(order, "pour");
  }
}

asyncio::Coroutine<> fold(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) {
    co_await step.breathe();
    shop.work(order, "fold");
  }
}

asyncio::Coroutine<int> add_up(Shop& shop, const Order& order, Step& step) {
  for (int i = 0; i < order.grams; ++i) {
    co_await step.breathe();
    shop.work(order, "count");
  }
  co_return order.grams* order.cents;
}

}  // namespace

asyncio::Coroutine<std::string> serve(Shop& shop, Order order) {
  Step step;
  co_await pick(shop, order, step);
  co_await sieve(shop, order, step);
  co_await roast(shop, order, step);
  co_await grind(shop, order, step);
  co_await pour(shop, order, step);
  co_await fold(shop, order, step);
  const int cents = co_await add_up(shop, order, step);
  co_return fmt::format("{}: {} g of {}, {} cents", order.customer, order.grams,
                        order.spice, cents);
}

}  // namespace exercises
