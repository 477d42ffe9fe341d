// Exercise bounded_queue (chapter 3): a queue with backpressure.
//
//   ./workbook check bounded_queue    judges this file
//   ./workbook hint bounded_queue     says a little more, each time
//
// In use:
//
//   exercises::BoundedQueue orders(2);
//   co_await orders.put("soup");    in one task; the third put() waits
//   co_await orders.get();          in another task; waits while it is empty

#include "chapters/03_coroutine_task/exercises/bounded_queue.hpp"

namespace exercises {

// TODO: keep the items in items_, and make whoever cannot go on await a future
// of its own in putters_ or getters_, until wake_up() sets its result. Then the
// first case says what each task got, and when.
ch03::Coroutine<> BoundedQueue::put([[maybe_unused]] std::string item) {
  co_return;
}

ch03::Coroutine<std::string> BoundedQueue::get() { co_return "nothing"; }

}  // namespace exercises
