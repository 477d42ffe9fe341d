// Looks whether the guest is still there when it is cooked, but not when it
// burns.

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
  const bool left = cooks_.erase(number) == 0;
  if (burnt) {
    house_.burnt(number);
  } else if (!left) {
    house_.served(number);
  }
}

ch11::Coroutine<> Kitchen::carry(int, ch11::Future<>) { co_return; }

}  // namespace exercises
