// Puts the second fork back after each meal, and the first one after the last.

#include "chapters/12_wait_graph/exercises/dinner_for_five.hpp"

#include <algorithm>

namespace exercises {

namespace {

struct Held {
  Table& table;
  std::size_t fork;
  Held(Table& where, std::size_t which) : table(where), fork(which) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { table.put_back(fork); }
};

}  // namespace

ch12::Coroutine<> dine(Table& table, std::size_t seat, int meals) {
  co_await ch12::sleep(std::chrono::nanoseconds(0));
  const auto [first, second] =
      std::minmax({table.left(seat), table.right(seat)});
  if (meals <= 0) co_return;
  co_await table.take(first);
  const Held one(table, first);
  for (int meal = 0; meal < meals; ++meal) {
    co_await table.take(second);
    const Held other(table, second);
    co_await table.eat(seat);
  }
}

}  // namespace exercises
