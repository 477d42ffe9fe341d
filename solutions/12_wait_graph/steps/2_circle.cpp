// Step 2, done: who waits for whom?
#include <fmt/format.h>

#include <chrono>
#include <set>
#include <span>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

// #region line
std::string line(const ch07::TaskBase& task) {
  std::string text = task.get_name();
  std::set<const ch07::TaskBase*> seen{&task};
  const auto* at = dynamic_cast<ch07::TaskBase*>(task.waiting_on());
  while (at) {
    text += " > " + at->get_name();
    if (!seen.insert(at).second) return text + ", a circle";
    at = dynamic_cast<ch07::TaskBase*>(at->waiting_on());
  }
  return text;
}
// #endregion line

class Loop : public ch07::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch07::EventLoop(clock) {}

 protected:
  // #region select
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    if (!timeout) {  // nothing is due, now or later
      for (const auto& task : all_tasks()) fmt::print("{}\n", line(*task));
      stop();
      timeout = 0ns;
    }
    return ch07::EventLoop::select(timeout);
  }
  // #endregion select
};

// #region kitchen
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
// #endregion kitchen

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  open(loop);
  loop.close();
}
