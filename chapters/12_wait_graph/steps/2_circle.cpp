// Step 2: who waits for whom?
//
//   ./workbook check 12.2    compares what it prints with 2_circle.txt
//   ./workbook hint 12.2     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <set>
#include <span>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

// TODO: end a line at the first name that is in it twice, and add ", a circle".
std::string line(const ch07::TaskBase& task) {
  std::string text = task.get_name();
  const auto* at = dynamic_cast<ch07::TaskBase*>(task.waiting_on());
  for (int names = 1; at && names < 8; ++names) {
    text += " > " + at->get_name();
    at = dynamic_cast<ch07::TaskBase*>(at->waiting_on());
  }
  return text;
}

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    if (!timeout) {  // nothing is due, now or later
      for (const auto& task : all_tasks()) fmt::print("{}\n", line(*task));
      stop();
      timeout = 0ns;
    }
    return ch07::EventLoop::select(timeout);
  }
};

ch07::Coroutine<> waits_for(const ch07::Task<>& other) {
  co_await ch07::sleep(10ms);
  co_await other;
}

void open(Loop& loop) {
  ch07::Task<> cook, waiter;
  cook = loop.create_task(waits_for(waiter), "cook");
  waiter = loop.create_task(waits_for(cook), "waiter");
  const auto anna = loop.create_task(waits_for(waiter), "Anna");
  loop.run_forever();
  anna.cancel();  // which reaches all three
  loop.run_until_complete(ch07::gather_outcomes(anna));
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  open(loop);
  loop.close();
}
