// Cancels the task of a guest who leaves, and relies on it to end so: a cook
// who tidies up does not hand the cancellation on.

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
