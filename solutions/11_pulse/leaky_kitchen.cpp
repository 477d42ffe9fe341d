// Exercise leaky_kitchen (chapter 11), solved.
//
// The report names carry(), which waits for a future that nobody sets when the
// order burns or the guest leaves. There are two ways out: set or cancel the
// future on each of the three ways, or have no second task. One task that does
// both has one end, whatever happens, so that is the better one.
//
// The other leak is in no report, because an ended task is not pending. It is
// kept by the map. A done callback is the place that sees every end: result,
// error and cancellation.
//
// Another way: keep no tasks at all. A task that sleeps is kept alive by its
// timer. But leave() needs a name for it, and a task that waits for a future
// which only it knows would be destroyed.

#include "chapters/11_pulse/exercises/leaky_kitchen.hpp"

#include <stdexcept>

namespace exercises {

void Kitchen::order(int number) {
  const auto task = loop_.create_task(cook(number, {}));
  cooks_.emplace(number, task);
  task.add_done_callback([this, number](auto) { cooks_.erase(number); });
}

void Kitchen::leave(int number) {
  const auto found = cooks_.find(number);
  if (found != cooks_.end()) found->second.cancel();
}

ch11::Coroutine<> Kitchen::cook(int number, ch11::Future<>) {
  try {
    co_await house_.cook(number);
  } catch (const std::runtime_error&) {
    house_.burnt(number);
    co_return;
  }
  house_.served(number);
}

ch11::Coroutine<> Kitchen::carry(int, ch11::Future<>) { co_return; }

}  // namespace exercises
