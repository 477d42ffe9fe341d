// Step 3, done: how long does a moment wait?
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <vector>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}
  struct Turn {
    nanoseconds began;
    nanoseconds ended;
  };
  std::vector<Turn> turns;

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    if (!turns.empty()) turns.back().ended = time();
    const auto events = ch07::EventLoop::select(timeout);
    turns.push_back({time(), time()});
    return events;
  }
};

// #region waits
std::vector<nanoseconds> waits(const Loop& loop) {
  std::vector<nanoseconds> all;
  for (nanoseconds moment = 0ns; moment < loop.time(); moment += 1ms) {
    nanoseconds wait = 0ns;
    for (const auto& turn : loop.turns) {
      const bool within = turn.began <= moment && moment < turn.ended;
      if (within) wait = turn.ended - moment;
    }
    all.push_back(wait);
  }
  return all;
}
// #endregion waits

void print(std::vector<nanoseconds> values) {
  std::ranges::sort(values);
  for (const int percent : {50, 99, 100}) {
    const auto rank = values.size() * static_cast<unsigned>(percent) / 100;
    fmt::print("p{}: {} ms\n", percent,
               values[std::min(rank, values.size() - 1)] / 1ms);
  }
}

// #region main
int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  for (int i = 0; i < 2000; ++i) loop.call_at(i * 1ms, [] {});
  loop.call_at(2s, [&clock] { clock.sleep(2s); });
  loop.call_at(4s, [&loop] { loop.stop(); });
  loop.run_forever();
  print(waits(loop));
  loop.close();
}
// #endregion main
