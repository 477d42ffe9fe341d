// Exercise three_suspects (chapter 9), solved.
//
// On one day sieve() is slow, on one stir(), on one add_up(): each report names
// one of them in its first line. All three do thirty pieces of work in one
// step. sieve() looks as if it let others in, but the lamp is on already, so
// its await never waits; and pour(), which has the same code, needs no pause,
// because pouring is quick.
//
// stir() is called once for each piece, so it cannot count: the pause is in the
// loop of its caller.
//
// A pause after each piece would be simpler, and there would be thirty of them.
// After ten pieces of 8 ms a step has lasted for 80 ms, which leaves room for
// what the others do.
//
// Another way: a pause whenever the step has lasted for 50 ms. It needs no
// report, and would also help on a day on which somebody else is slow; but each
// coroutine would have to look at the clock after each piece of its work.

#include <fmt/format.h>

#include "chapters/09_culprit/exercises/three_suspects.hpp"

namespace asyncio = ch09;

namespace exercises {

namespace {

using namespace std::chrono_literals;

// Lets others in after each tenth piece of work.
asyncio::Coroutine<> pause_after(int piece) {
  if (piece % 10 == 9) co_await asyncio::sleep(0s);
}

asyncio::Coroutine<> pick(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) shop.work(order, "pick");
  co_return;
}

asyncio::Coroutine<> sieve(Shop& shop, const Order& order) {
  for (int i = 0; i < order.grams; ++i) {
    co_await shop.lamp();
    shop.work(order, "sieve");
    co_await pause_after(i);
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
    co_await pause_after(i);
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
    co_await pause_after(i);
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
