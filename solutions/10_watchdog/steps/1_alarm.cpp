// Step 1, done: who interrupts?
#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::VirtualClock& clock)
      : ch07::EventLoop(clock), clock_(clock) {}

 protected:
  // #region alarm
  void run_handle(ch07::LoopObject& object) noexcept override {
    began_ = time();
    clock_.set_alarm(began_ + 100ms, [this] { return bark(); });
    ch07::EventLoop::run_handle(object);
    clock_.clear_alarm();
  }

 private:
  std::optional<nanoseconds> bark() {
    const nanoseconds held = time() - began_;
    fmt::print("{:4} ms  held for {} ms, and still is\n", time() / 1ms,
               held / 1ms);
    return began_ + 10 * held;
  }
  // #endregion alarm

  common::VirtualClock& clock_;
  nanoseconds began_{0};
};

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  // #region callbacks
  loop.call_soon([&] {
    clock.sleep(50ms);
    fmt::print("{:4} ms  the table is set\n", loop.time() / 1ms);
  });
  loop.call_soon([&] {
    clock.sleep(1500ms);
    fmt::print("{:4} ms  the water boils\n", loop.time() / 1ms);
  });
  // #endregion callbacks
  loop.stop();
  loop.run_forever();
  loop.close();
}
