// Step 2: whose time is it?
//
//   ./workbook check 9.2    compares what it prints with 2_own_time.txt
//   ./workbook hint 9.2     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

using namespace std::chrono_literals;

std::string name_of(const ch07::Frame& frame) {
  return common::function_name(frame.defined_at()) + "()";
}

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}

 protected:
  void run_handle(ch07::LoopObject& object) noexcept override {
    const Listening listening(*this);
    ch07::EventLoop::run_handle(object);
  }
  // TODO: one of the three moves does not end a stretch. It begins one.
  void moving(const ch07::Frame& frame, ch07::Move) noexcept override {
    fmt::print("{:4} ms  {}\n", (time() - since_) / 1ms, name_of(frame));
    since_ = time();
  }

 private:
  nanoseconds since_ = 0ns;  // the last move
};

ch07::Coroutine<int> weigh(common::Clock& clock) {
  clock.sleep(200ms);
  co_return 17;
}
ch07::Coroutine<> boil_water(common::Clock& clock) {
  clock.sleep(500ms);
  co_await ch07::sleep(100ms);
}
ch07::Coroutine<> breakfast(common::Clock& clock) {
  co_await weigh(clock);
  co_await boil_water(clock);
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.run_until_complete(breakfast(clock));
  loop.close();
}
