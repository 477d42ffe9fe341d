// Exercise leaky_kitchen (chapter 11), solved.
//
// The report names carry(), which waits for a future that nobody sets when the
// order burns or the guest leaves. There are two ways out: set or cancel the
// future on each of the three ways, or have no second task. One task that does
// both has one end, whatever happens, so that is the better one.
//
// The other leak is in no report, because an ended task is not pending. It is
// kept by the map. So whoever ends an order takes it out: leave(), or the task
// itself. That also tells the task that its guest is gone, however the cook
// answers to a cancellation: the order is in the map no more.
//
// Another way: keep no tasks at all. A task that sleeps is kept alive by its
// timer. But leave() needs a name for it, and a task that waits for a future
// which only it knows would be destroyed.

#include "chapters/11_pulse/exercises/leaky_kitchen.hpp"

#include <stdexcept>

namespace exercises {

void Kitchen::order(int number) {
  cooks_.emplace(number, loop_.create_task(cook(number, {})));
}

void Kitchen::leave(int number) {
  if (const auto left = cooks_.extract(number)) left.mapped().cancel();
}

ch11::Coroutine<> Kitchen::cook(int number, ch11::Future<>) {
  bool burnt = false;
  try {
    co_await house_.cook(number);
  } catch (const std::runtime_error&) {
    burnt = true;
  }
  if (cooks_.erase(number) == 0) co_return;  // the guest has left
  if (burnt) {
    house_.burnt(number);
  } else {
    house_.served(number);
  }
}

ch11::Coroutine<> Kitchen::carry(int, ch11::Future<>) { co_return; }

}  // namespace exercises
