// Step 1, done: who waits?
#include <fmt/format.h>

#include <chrono>
#include <span>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

// #region line
std::string line(const ch07::TaskBase& task) {
  std::string text = task.get_name();
  const auto* at = dynamic_cast<ch07::TaskBase*>(task.waiting_on());
  for (int names = 1; at && names < 8; ++names) {
    text += " > " + at->get_name();
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
ch07::Coroutine<> bakes(ch07::Future<> oven) { co_await oven; }

void open(Loop& loop) {
  const auto oven = loop.create_future();
  const auto cook = loop.create_task(bakes(oven), "cook");
  const auto waiter = loop.create_task(waits_for(cook), "waiter");
  const auto anna = loop.create_task(waits_for(waiter), "Anna");
  loop.run_forever();
  oven.set_result();  // all is well in the end
  loop.run_until_complete(anna);
}
// #endregion kitchen

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  open(loop);
  loop.close();
}
