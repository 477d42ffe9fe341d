// The same address, and another coroutine.
// sanitize: none (AddressSanitizer uses no address twice)
#include <fmt/format.h>

#include <chrono>

#include "chapters/09_culprit/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

namespace asyncio = ch09;

namespace {

using namespace std::chrono_literals;

// #region kitchen
asyncio::Coroutine<> boil_water(common::Clock& clock) {
  clock.sleep(10ms);
  co_await asyncio::sleep(0s);
}

asyncio::Coroutine<> weigh(common::Clock& clock) {
  clock.sleep(300ms);
  co_await asyncio::sleep(0s);
}

asyncio::Coroutine<> breakfast(common::Clock& clock) {
  co_await boil_water(clock);
  co_await weigh(clock);
}
// #endregion kitchen

// #region comparing_loop
class ComparingLoop : public ch07::EventLoop {
 public:
  using ch07::EventLoop::EventLoop;

 protected:
  void run_handle(asyncio::LoopObject& object) noexcept override {
    const auto* const task = dynamic_cast<asyncio::TaskBase*>(&object);
    if (!task) return ch07::EventLoop::run_handle(object);
    const Seen before(*task);
    ch07::EventLoop::run_handle(object);
    const Seen after(*task);
    if (before.frame == after.frame) tell(before, after);
  }
  // #endregion comparing_loop

 private:
  // The innermost coroutine of a task, and where it is.
  struct Seen {
    explicit Seen(const asyncio::TaskBase& task) {
      const auto stack = task.get_stack();
      if (stack.empty()) return;
      frame = stack.back();
      name = common::function_name(frame->defined_at());
      place = common::file_line(frame->place());
    }
    const asyncio::Frame* frame = nullptr;
    std::string name;
    std::string place;
  };

  static void tell(const Seen& before, const Seen& after) {
    fmt::print("a stretch of {}(): from {} to {}\n", before.name, before.place,
               after.place);
  }
};

template <class Loop>
void serve() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.set_debug(true);
  loop.run_until_complete(breakfast(clock));
  loop.close();
}

}  // namespace

int main() {
  asyncio::basic_config({.format = "%(message)s", .stream = stdout});
  serve<ComparingLoop>();
  serve<asyncio::EventLoop>();
}
