// A coffee machine in its own thread hands its cup over: first the
// wrong way, then the right one.
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "chapters/05_set_debug/event_loop.hpp"

namespace asyncio = ch05;
using Coffee = asyncio::Future<std::string>;

namespace {

asyncio::Coroutine<> drink(Coffee coffee) {
  fmt::print("drinking {}\n", co_await coffee);
}

// Both run in the machine's thread.
// #region wrong
void hand_over_wrongly(const Coffee& coffee) {
  try {
    coffee.set_result("an espresso");
  } catch (const std::runtime_error& error) {
    fmt::print("{}\nis it done? {}\n", error.what(), coffee.done());
  }
}
// #endregion wrong

// #region right
void hand_over(asyncio::EventLoop& loop, const Coffee& coffee) {
  loop.call_soon_threadsafe([&coffee] { coffee.set_result("an espresso"); });
}
// #endregion right

}  // namespace

int main() {
  asyncio::EventLoop loop;
  loop.set_debug(true);
  {
    const auto coffee = loop.create_future<std::string>();
    std::thread machine;
    loop.call_soon([&] {
      machine = std::thread([&] {
        hand_over_wrongly(coffee);
        hand_over(loop, coffee);
      });
    });
    loop.run_until_complete(drink(coffee));
    machine.join();
  }
  loop.close();
}
