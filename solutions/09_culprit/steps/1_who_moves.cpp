// Step 1, done: who moves?
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

const char* word(ch07::Move move) {
  if (move == ch07::Move::enter) return "enter";
  return move == ch07::Move::stand ? "stand" : "leave";
}

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}

 protected:
  // #region listen
  void run_handle(ch07::LoopObject& object) noexcept override {
    const Listening listening(*this);
    ch07::EventLoop::run_handle(object);
  }
  void moving(const ch07::Frame& frame, ch07::Move move) noexcept override {
    fmt::print("{:4} ms  {} {}\n", time() / 1ms, word(move), name_of(frame));
  }
  // #endregion listen
};

// #region kitchen
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
// #endregion kitchen

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.run_until_complete(breakfast(clock));
  loop.close();
}
