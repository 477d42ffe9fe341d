// Step 1: who interrupts?
//
//   ./workbook check 10.1    compares what it prints with 1_alarm.txt
//   ./workbook hint 10.1     says a little more, each time
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
  void run_handle(ch07::LoopObject& object) noexcept override {
    // TODO: set the clock's alarm for 100 ms from now. It prints "{:4} ms  held
    // for {} ms, and still is", and gives the time when the object will have
    // run for ten times as long. Clear it when the object has run.
    ch07::EventLoop::run_handle(object);
  }

 private:
  common::VirtualClock& clock_;
};

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.call_soon([&] {
    clock.sleep(50ms);
    fmt::print("{:4} ms  the table is set\n", loop.time() / 1ms);
  });
  loop.call_soon([&] {
    clock.sleep(1500ms);
    fmt::print("{:4} ms  the water boils\n", loop.time() / 1ms);
  });
  loop.stop();
  loop.run_forever();
  loop.close();
}
