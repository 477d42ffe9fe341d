// Step 1: who still waits, and who made it?
//
//   ./workbook check 5.1    compares what it prints with 1_remember.txt
//   ./workbook hint 5.1     says a little more, each time
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "chapters/04_logging/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

using namespace std::chrono_literals;

class Loop : public ch04::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch04::EventLoop(clock) {}

  void tell() const {
    for (const Guest& guest : book_) {
      fmt::print("still waiting: one from {}()\n", guest.made_in);
    }
  }

 protected:
  // TODO: write down who comes in.
  void accept(ch04::LoopObject& object) override {
    ch04::EventLoop::accept(object);
  }
  // TODO: whose turn it is does not wait any more.
  void run_handle(ch04::LoopObject& object) noexcept override {
    ch04::EventLoop::run_handle(object);
  }

 private:
  struct Guest {
    const ch04::LoopObject* object;
    std::string made_in;  // the function that called the loop
  };
  std::vector<Guest> book_;
};

void bake(Loop& loop) {
  loop.call_later(20min, [] { fmt::print("the bread is brown\n"); });
}
void cook(Loop& loop) {
  loop.call_later(40min, [] { fmt::print("the soup is ready\n"); });
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  bake(loop);
  cook(loop);
  loop.call_later(30min, [&loop] { loop.stop(); });
  loop.run_forever();
  fmt::print("we close\n");
  loop.tell();
  loop.close();
}
