// Takes both forks before the first meal, and puts them back after the last
// one.

#include "chapters/12_wait_graph/exercises/dinner_for_five.hpp"

#include <algorithm>

namespace exercises {

namespace {

class Fork {
 public:
  Fork(Table& table, std::size_t fork) : table_(table), fork_(fork) {}
  Fork(const Fork&) = delete;
  Fork& operator=(const Fork&) = delete;
  ~Fork() {
    if (held_) table_.put_back(fork_);
  }
  ch12::Coroutine<> take() {
    co_await table_.take(fork_);
    held_ = true;
  }

 private:
  Table& table_;
  std::size_t fork_;
  bool held_ = false;
};

}  // namespace

ch12::Coroutine<> dine(Table& table, std::size_t seat, int meals) {
  co_await ch12::sleep(std::chrono::nanoseconds(0));
  if (meals <= 0) co_return;
  // All take the fork with the smaller number first: there is no circle.
  Fork first(table, std::min(table.left(seat), table.right(seat)));
  Fork second(table, std::max(table.left(seat), table.right(seat)));
  co_await first.take();
  co_await second.take();
  for (int meal = 0; meal < meals; ++meal) co_await table.eat(seat);
}

}  // namespace exercises
