// Step 1: how long is a turn?
//
//   ./workbook check 11.1    compares what it prints with 1_turns.txt
//   ./workbook hint 11.1     says a little more, each time
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
  // TODO: a turn does not begin where the last one ended.
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    if (began_) {
      fmt::print("{:7} ms  a turn of {} ms\n", time() / 1ms,
                 (time() - *began_) / 1ms);
    }
    began_ = time();
    return ch07::EventLoop::select(timeout);
  }

 private:
  std::optional<nanoseconds> began_;
};

void crumbs(Loop& loop, common::Clock& clock) {
  for (int i = 0; i < 200; ++i) {
    loop.call_soon([&clock] { clock.sleep(10ms); });
  }
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.set_debug(true);
  loop.call_later(1h, [&] { crumbs(loop, clock); });
  loop.call_later(2h, [&] { loop.stop(); });
  loop.run_forever();
  loop.close();
}
