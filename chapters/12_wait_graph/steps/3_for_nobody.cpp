// Step 3: who waits for nobody?
//
//   ./workbook check 12.3    compares what it prints with 3_for_nobody.txt
//   ./workbook hint 12.3     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <set>
#include <span>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

std::string line(const ch07::TaskBase& task) {
  std::string text = task.get_name();
  std::set<const ch07::TaskBase*> seen{&task};
  const ch07::FutureBase* awaited = task.waiting_on();
  while (const auto* at = dynamic_cast<const ch07::TaskBase*>(awaited)) {
    text += " > " + at->get_name();
    if (!seen.insert(at).second) return text + ", a circle";
    awaited = at->waiting_on();
  }
  // TODO: behind the last task, " > a future", if it waits for one; and if
  // nobody else holds that future, " that nobody else holds". refs() counts.
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

ch07::Coroutine<> eats(Loop& loop) { co_await loop.create_future(); }
ch07::Coroutine<> waits_for(const ch07::Future<>& bell) { co_await bell; }

void open(Loop& loop) {
  const auto bell = loop.create_future();
  const auto anna = loop.create_task(eats(loop), "Anna");
  const auto ben = loop.create_task(waits_for(bell), "Ben");
  const auto carl = loop.create_task(waits_for(anna), "Carl");
  loop.run_forever();
  carl.cancel();
  ben.cancel();
  loop.run_until_complete(ch07::gather_outcomes(carl, ben));
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  open(loop);
  loop.close();
}
