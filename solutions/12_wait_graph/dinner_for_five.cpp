// Exercise dinner_for_five (chapter 12), solved.
//
// The forks have numbers, and everybody takes the smaller one first. The graph
// shows why that is enough: in a circle each has a fork and waits for the next
// one, so the numbers would have to grow all the way round, back to the first.
//
// A fork is held by an object, whose destructor puts it back. It does so when
// the meal is over, and when a co_await throws because its task was cancelled.
//
// Another way: a waiter, who lets one less sit down than there are seats. It
// needs no order of the forks, but a queue of those who stand.

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
  for (int meal = 0; meal < meals; ++meal) {
    co_await table.take(first);
    const Held one(table, first);
    co_await table.take(second);
    const Held other(table, second);
    co_await table.eat(seat);
  }
}

}  // namespace exercises
