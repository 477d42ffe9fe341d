// Step 1: who holds the thread?
//
//   ./workbook check 6.1    compares what it prints with 1_stopwatch.txt
//   ./workbook hint 6.1     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "chapters/05_set_debug/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

// "knead()": what the callback was called, without its line.
std::string name_of(const ch05::LoopObject& object) {
  const std::string text = object.callback_text();
  return text.substr(0, text.find(" at "));
}

class Loop : public ch05::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch05::EventLoop(clock) {}

  void tell() const {
    fmt::print("longest at a stretch: {}, {} ms\n", holder_, longest_ / 1ms);
  }

 protected:
  // TODO: find out how long it takes, and keep the longest and its name.
  void run_handle(ch05::LoopObject& object) noexcept override {
    ch05::EventLoop::run_handle(object);
  }

 private:
  std::string holder_ = "nobody";
  std::chrono::nanoseconds longest_ = 0ns;
};

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  const auto work = [&](const char* name, std::chrono::nanoseconds how_long) {
    loop.call_soon(
        ch05::named(name, [&clock, how_long] { clock.sleep(how_long); }));
  };
  loop.call_later(20ms, [&] {
    fmt::print("{} ms  the bell of 20 ms rings\n", clock.now() / 1ms);
  });
  loop.call_later(1s, ch05::named("lock_up", [&loop] { loop.stop(); }));
  work("pour", 10ms);
  work("knead", 150ms);
  work("wipe", 30ms);
  loop.run_forever();
  loop.tell();
  loop.close();
}
