// Step 1: who waits?
//
//   ./workbook check 12.1    compares what it prints with 1_who_waits.txt
//   ./workbook hint 12.1     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <span>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

std::string line(const ch07::TaskBase& task) {
  // TODO: the names from this task to the last one that it can lead to, eight
  // at most, with " > " between them. What a task waits for may be a task.
  return task.get_name();
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

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  open(loop);
  loop.close();
}
