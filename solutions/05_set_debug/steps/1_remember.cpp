// Step 1, done: who still waits, and who made it?
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "chapters/04_logging/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

using namespace std::chrono_literals;

// #region loop
class Loop : public ch04::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch04::EventLoop(clock) {}

  void tell() const {
    for (const Guest& guest : book_) {
      fmt::print("still waiting: one from {}()\n", guest.made_in);
    }
  }

 protected:
  // #region seams
  void accept(ch04::LoopObject& object) override {
    book_.push_back({&object, common::function_name(object.created_at())});
    ch04::EventLoop::accept(object);
  }
  void run_handle(ch04::LoopObject& object) noexcept override {
    std::erase_if(book_, [&object](const Guest& guest) {
      return guest.object == &object;
    });
    ch04::EventLoop::run_handle(object);
  }
  // #endregion seams

 private:
  // #region book
  struct Guest {
    const ch04::LoopObject* object;
    std::string made_in;  // the function that called the loop
  };
  std::vector<Guest> book_;
  // #endregion book
};
// #endregion loop

// #region main
// #region cooks
void bake(Loop& loop) {
  loop.call_later(20min, [] { fmt::print("the bread is brown\n"); });
}
void cook(Loop& loop) {
  loop.call_later(40min, [] { fmt::print("the soup is ready\n"); });
}
// #endregion cooks

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
// #endregion main
