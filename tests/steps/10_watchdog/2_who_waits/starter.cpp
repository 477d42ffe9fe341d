// Step 2: who waits for whom?
//
//   ./workbook check 10.2    compares what it prints with 2_who_waits.txt
//   ./workbook hint 10.2     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

using namespace std::chrono_literals;

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::VirtualClock& clock)
      : ch07::EventLoop(clock), clock_(clock) {}

 protected:
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
    // TODO: print a line "         {}()" for the coroutine that runs, and one
    // for each that waits for it. Listen while the object runs, and let
    // moving() note which frame is the innermost.
    return began_ + 10 * held;
  }

  common::VirtualClock& clock_;
  nanoseconds began_{0};
};

ch07::Coroutine<> boil_water(common::Clock& clock) {
  clock.sleep(500ms);
  co_await ch07::sleep(0s);
}
ch07::Coroutine<> brew_tea(common::Clock& clock) {
  co_await boil_water(clock);
  clock.sleep(200ms);
}
ch07::Coroutine<> breakfast(common::Clock& clock) { co_await brew_tea(clock); }

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.run_until_complete(breakfast(clock));
  loop.close();
}
