// Step 2, done: whose time is it?
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "chapters/05_set_debug/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

std::string name_of(const ch05::LoopObject& object) {
  const std::string text = object.callback_text();
  return text.substr(0, text.find(" at "));
}

// #region loop
class Loop : public ch05::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch05::EventLoop(clock) {}

  void tell() const {
    fmt::print("longest at a stretch: {}, {} ms\n", holder_, longest_ / 1ms);
    fmt::print("the clock was read {} times\n", readings_);
  }

 protected:
  // #region run_handle
  void run_handle(ch05::LoopObject& object) noexcept override {
    const auto start = last_end_ ? *last_end_ : read_clock();
    ch05::EventLoop::run_handle(object);
    const auto end = read_clock();
    last_end_ = end;
    if (end - start > longest_) {
      longest_ = end - start;
      holder_ = name_of(object);
    }
  }
  // #endregion run_handle
  // #region select
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    last_end_.reset();
    return ch05::EventLoop::select(timeout);
  }
  // #endregion select

 private:
  nanoseconds read_clock() {
    ++readings_;
    return time();
  }

  std::string holder_ = "nobody";
  nanoseconds longest_ = 0ns;
  std::optional<nanoseconds> last_end_;  // of the callback before
  int readings_ = 0;
};
// #endregion loop

// #region main
int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  const auto work = [&](const char* name, std::chrono::nanoseconds how_long) {
    loop.call_soon(
        ch05::named(name, [&clock, how_long] { clock.sleep(how_long); }));
  };
  work("pour", 10ms);
  work("knead", 150ms);
  loop.call_later(1s, ch05::named("lock_up", [&loop] { loop.stop(); }));
  loop.run_forever();
  loop.tell();
  loop.close();
}
// #endregion main
