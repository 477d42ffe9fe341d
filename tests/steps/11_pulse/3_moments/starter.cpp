// Step 3: how long does a moment wait?
//
//   ./workbook check 11.3    compares what it prints with 3_moments.txt
//   ./workbook hint 11.3     says a little more, each time
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

// TODO: do not ask the turns. Ask the moments, one in each millisecond: a
// moment waits for the end of the turn that it falls into.
std::vector<nanoseconds> waits(const Loop& loop) {
  std::vector<nanoseconds> all;
  for (const auto& turn : loop.turns) all.push_back(turn.ended - turn.began);
  return all;
}

void print(std::vector<nanoseconds> values) {
  std::ranges::sort(values);
  for (const int percent : {50, 99, 100}) {
    const auto rank = values.size() * static_cast<unsigned>(percent) / 100;
    fmt::print("p{}: {} ms\n", percent,
               values[std::min(rank, values.size() - 1)] / 1ms);
  }
}

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
