// Pauses after each third of the work. A third of a small order is one gram,
// and a third that is rounded down makes four pauses, or five.

#include <fmt/format.h>

#include <algorithm>

#include "chapters/09_culprit/exercises/three_suspects.hpp"

namespace asyncio = ch09;

namespace exercises {

namespace {

using namespace std::chrono_literals;

// Lets others in after each third of the work.
asyncio::Coroutine<> pause_after(int piece, const Order& order) {
  const int third = std::max(1, order.grams / 3);
  if ((piece + 1) % third == 0) co_await asyncio::sleep(0s);
}

asyncio::Coroutine<> pick(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) shop.work(order, "pick");
  co_return;
}

asyncio::Coroutine<> sieve(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) {
    co_await shop.lamp();
    shop.work(order, "sieve");
    co_await pause_after(i, order);
  }
}

asyncio::Coroutine<> clean(Shop& shop, const Order& order) {
  co_await pick(shop, order);
  co_await sieve(shop, order);
}

asyncio::Coroutine<> stir(Shop& shop, const Order& order) {
  co_await shop.lamp();
  shop.work(order, "stir");
}

asyncio::Coroutine<> roast(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) {
    co_await stir(shop, order);
    co_await pause_after(i, order);
  }
}

asyncio::Coroutine<> turn(Shop& shop, const Order& order) {
  co_await shop.lamp();
  shop.work(order, "turn");
}

asyncio::Coroutine<> grind(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) co_await turn(shop, order);
}

asyncio::Coroutine<> pour(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) {
    co_await shop.lamp();
    shop.work(order, "pour");
  }
}

asyncio::Coroutine<> fold(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) shop.work(order, "fold");
  co_return;
}

asyncio::Coroutine<> pack(Shop& shop, const Order& order) {
  co_await pour(shop, order);
  co_await fold(shop, order);
}

asyncio::Coroutine<int> add_up(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) {
    shop.work(order, "count");
    co_await pause_after(i, order);
  }
  co_return order.grams* order.cents;
}

}  // namespace

asyncio::Coroutine<std::string> serve(Shop& shop, Order order) {
  co_await clean(shop, order);
  co_await roast(shop, order);
  co_await grind(shop, order);
  co_await pack(shop, order);
  const int cents = co_await add_up(shop, order);
  co_return fmt::format("{}: {} g of {}, {} cents", order.customer, order.grams,
                        order.spice, cents);
}

}  // namespace exercises
