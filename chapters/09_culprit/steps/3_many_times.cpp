// Step 3: three hundred slices
//
//   ./workbook check 9.3    compares what it prints with 3_many_times.txt
//   ./workbook hint 9.3     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <map>
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

  void tell() const {
    for (const auto& [name, total] : totals_) {
      fmt::print("{:4} ms  {}, {} times\n", total / 1ms, name, times_.at(name));
    }
  }

 protected:
  void run_handle(ch07::LoopObject& object) noexcept override {
    const Listening listening(*this);
    ch07::EventLoop::run_handle(object);
  }
  // TODO: no line for each stretch, but a total for each coroutine.
  void moving(const ch07::Frame& frame, ch07::Move move) noexcept override {
    if (move != ch07::Move::enter) {
      fmt::print("{:4} ms  {}\n", (time() - since_) / 1ms, name_of(frame));
    }
    since_ = time();
  }

 private:
  nanoseconds since_ = 0ns;  // the last move
  std::map<std::string, nanoseconds> totals_;
  std::map<std::string, int> times_;
};

ch07::Coroutine<> toast(common::Clock& clock, ch07::Future<> hot) {
  for (int slice = 0; slice < 300; ++slice) {
    co_await hot;
    clock.sleep(1ms);
  }
}
ch07::Coroutine<> breakfast(common::Clock& clock, ch07::Future<> hot) {
  clock.sleep(20ms);
  co_await toast(clock, hot);
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  const auto hot = loop.create_future();
  hot.set_result();
  loop.run_until_complete(breakfast(clock, hot));
  loop.tell();
  loop.close();
}
