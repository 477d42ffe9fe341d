// Step 1, done: how long is a turn?
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <span>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}

 protected:
  // #region select
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    if (began_) {
      fmt::print("{:7} ms  a turn of {} ms\n", time() / 1ms,
                 (time() - *began_) / 1ms);
    }
    const auto events = ch07::EventLoop::select(timeout);
    began_ = time();
    return events;
  }
  // #endregion select

 private:
  std::optional<nanoseconds> began_;
};

// #region crumbs
void crumbs(Loop& loop, common::Clock& clock) {
  for (int i = 0; i < 200; ++i) {
    loop.call_soon([&clock] { clock.sleep(10ms); });
  }
}
// #endregion crumbs

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.set_debug(true);
  loop.call_later(1h, [&] { crumbs(loop, clock); });
  loop.call_later(2h, [&] { loop.stop(); });
  loop.run_forever();
  loop.close();
}
