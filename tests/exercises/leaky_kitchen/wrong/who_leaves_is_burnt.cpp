// Takes a cancellation for an error.

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
  } catch (...) {
    house_.burnt(number);
    co_return;
  }
  house_.served(number);
}

ch11::Coroutine<> Kitchen::carry(int, ch11::Future<>) { co_return; }

}  // namespace exercises
