// Step 2, done: who waits for whom?
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
    const Listening listening(*this);
    ch07::EventLoop::run_handle(object);
    clock_.clear_alarm();
  }
  // #region moving
  void moving(const ch07::Frame& frame, ch07::Move move) noexcept override {
    innermost_ = move == ch07::Move::leave ? frame.caller() : &frame;
  }
  // #endregion moving

 private:
  // #region bark
  std::optional<nanoseconds> bark() {
    const nanoseconds held = time() - began_;
    fmt::print("{:4} ms  held for {} ms, and still is\n", time() / 1ms,
               held / 1ms);
    for (const auto* frame = innermost_; frame; frame = frame->caller()) {
      fmt::print("         {}()\n", common::function_name(frame->defined_at()));
    }
    return began_ + 10 * held;
  }
  // #endregion bark

  common::VirtualClock& clock_;
  nanoseconds began_{0};
  const ch07::Frame* innermost_ = nullptr;
};

// #region kitchen
ch07::Coroutine<> boil_water(common::Clock& clock) {
  clock.sleep(500ms);
  co_await ch07::sleep(0s);
}
ch07::Coroutine<> brew_tea(common::Clock& clock) {
  co_await boil_water(clock);
  clock.sleep(200ms);
}
ch07::Coroutine<> breakfast(common::Clock& clock) { co_await brew_tea(clock); }
// #endregion kitchen

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.run_until_complete(breakfast(clock));
  loop.close();
}
