// A line that tells the truth about the wrong moment.
#include <chrono>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch06;

namespace {

using namespace std::chrono_literals;

// #region kitchen
asyncio::Coroutine<> boil_water(asyncio::EventLoop& loop) {
  loop.clock().sleep(500ms);  // the culprit
  co_await asyncio::sleep(0s);
}

asyncio::Coroutine<> brew_tea(asyncio::EventLoop& loop) {
  co_await boil_water(loop);
}

asyncio::Coroutine<> breakfast(asyncio::EventLoop& loop) {
  co_await brew_tea(loop);
}
// #endregion kitchen

// #region telling_loop
class TellingLoop : public asyncio::EventLoop {
 public:
  using asyncio::EventLoop::EventLoop;

 protected:
  void run_handle(asyncio::LoopObject& object) noexcept override {
    const auto start = time();
    asyncio::EventLoop::run_handle(object);
    if (!debug() || time() - start < slow_callback_duration) return;
    const auto* const task = dynamic_cast<asyncio::TaskBase*>(&object);
    if (task) task->print_stack(stdout);
  }
};
// #endregion telling_loop

template <class Loop>
void serve() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.set_debug(true);
  loop.run_until_complete(breakfast(loop));
  loop.close();
}

}  // namespace

int main() {
  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  serve<asyncio::EventLoop>();
  serve<TellingLoop>();
}
