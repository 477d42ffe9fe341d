// Step 2: how late is a timer?
//
//   ./workbook check 11.2    compares what it prints with 2_late.txt
//   ./workbook hint 11.2     says a little more, each time
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}

 protected:
  // TODO: a timer that was set for the past is not late before it was set. Tell
  // it, when the loop accepts it, what time it is: set_at(). due() is the later
  // of the two.
  void run_handle(ch07::LoopObject& object) noexcept override {
    if (object.kind() == ch07::LoopObject::Kind::timer) {
      const auto& timer = static_cast<const ch07::TimerHandle&>(object);
      const nanoseconds late = std::max(time() - timer.when(), nanoseconds(0));
      fmt::print("for {:5} ms: {} ms late\n", timer.when() / 1ms, late / 1ms);
    }
    ch07::EventLoop::run_handle(object);
  }
};

int main() {
  common::VirtualClock clock;
  clock.advance(60s);
  Loop loop(clock);
  loop.call_at(60'600ms, [] {});
  loop.call_at(60'900ms, [] {});
  loop.call_at(10s, [] { fmt::print("that was long ago\n"); });
  for (int i = 0; i < 200; ++i) {
    loop.call_soon([&clock] { clock.sleep(10ms); });
  }
  loop.call_at(63s, [&] { loop.stop(); });
  loop.run_forever();
  loop.close();
}
