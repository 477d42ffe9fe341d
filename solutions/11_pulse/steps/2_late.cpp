// Step 2, done: how late is a timer?
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
  // #region accept
  void accept(ch07::LoopObject& object) override {
    ch07::EventLoop::accept(object);
    if (object.kind() == ch07::LoopObject::Kind::timer) {
      static_cast<ch07::TimerHandle&>(object).set_at(time());
    }
  }
  // #endregion accept
  // #region run_handle
  void run_handle(ch07::LoopObject& object) noexcept override {
    if (object.kind() == ch07::LoopObject::Kind::timer) {
      const auto& timer = static_cast<const ch07::TimerHandle&>(object);
      const nanoseconds late = std::max(time() - timer.due(), nanoseconds(0));
      fmt::print("for {:5} ms: {} ms late\n", timer.when() / 1ms, late / 1ms);
    }
    ch07::EventLoop::run_handle(object);
  }
  // #endregion run_handle
};

// #region main
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
// #endregion main
