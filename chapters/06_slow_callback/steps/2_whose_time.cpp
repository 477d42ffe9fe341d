// Step 2: whose time is it?
//
//   ./workbook check 6.2    compares what it prints with 2_whose_time.txt
//   ./workbook hint 6.2     says a little more, each time
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

class Loop : public ch05::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch05::EventLoop(clock) {}

  void tell() const {
    fmt::print("longest at a stretch: {}, {} ms\n", holder_, longest_ / 1ms);
    fmt::print("the clock was read {} times\n", readings_);
  }

 protected:
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
  // TODO: the loop is about to wait. What must it forget?

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
