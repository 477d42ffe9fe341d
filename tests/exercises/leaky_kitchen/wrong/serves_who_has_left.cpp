// Sets the future whenever the cook ends.

#include "chapters/11_pulse/exercises/leaky_kitchen.hpp"

#include <stdexcept>

namespace exercises {

void Kitchen::order(int number) {
  const auto ready = loop_.create_future();
  const auto task = loop_.create_task(cook(number, ready));
  const auto carrier = loop_.create_task(carry(number, ready));
  cooks_.emplace(number, task);
  carriers_.push_back(carrier);
  task.add_done_callback([this, number](auto) { cooks_.erase(number); });
  task.add_done_callback([ready](auto) {
    if (!ready.done()) ready.set_result();
  });
  carrier.add_done_callback([this](auto) {
    std::erase_if(carriers_, [](const auto& each) { return each.done(); });
  });
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
}

ch11::Coroutine<> Kitchen::carry(int number, ch11::Future<> ready) {
  co_await ready;
  house_.served(number);
}

}  // namespace exercises
