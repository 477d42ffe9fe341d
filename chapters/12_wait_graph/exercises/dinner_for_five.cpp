// Exercise dinner_for_five (chapter 12): five people, five forks, no dinner.
//
//   ./workbook check dinner_for_five    judges this file
//   ./workbook hint dinner_for_five     says a little more, each time
//
// In use:
//
//   exercises::Table table(loop, 5);
//   for (std::size_t seat = 0; seat < 5; ++seat) {
//     tasks.push_back(loop.create_task(exercises::dine(table, seat, 3)));
//   }
//
// With this file as it is, everybody takes the left fork, and then the loop
// says who waits for whom.

#include "chapters/12_wait_graph/exercises/dinner_for_five.hpp"

namespace exercises {

ch12::Coroutine<> dine(Table& table, std::size_t seat, int meals) {
  // TODO: break the circle that the graph shows, so that check says 4 of 4
  // points. And what becomes of the forks if a co_await throws?
  co_await ch12::sleep(std::chrono::nanoseconds(0));
  for (int meal = 0; meal < meals; ++meal) {
    co_await table.take(table.left(seat));
    co_await table.take(table.right(seat));
    co_await table.eat(seat);
    table.put_back(table.left(seat));
    table.put_back(table.right(seat));
  }
}

}  // namespace exercises
