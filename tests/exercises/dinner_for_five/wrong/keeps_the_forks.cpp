// Ends the circle, but puts nothing back when it is cancelled.

#include "chapters/12_wait_graph/exercises/dinner_for_five.hpp"

#include <algorithm>

namespace exercises {

ch12::Coroutine<> dine(Table& table, std::size_t seat, int meals) {
  co_await ch12::sleep(std::chrono::nanoseconds(0));
  for (int meal = 0; meal < meals; ++meal) {
    co_await table.take(std::min(table.left(seat), table.right(seat)));
    co_await table.take(std::max(table.left(seat), table.right(seat)));
    co_await table.eat(seat);
    table.put_back(table.left(seat));
    table.put_back(table.right(seat));
  }
}

}  // namespace exercises
