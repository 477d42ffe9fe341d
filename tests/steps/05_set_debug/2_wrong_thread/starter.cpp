// Step 2: who may come in?
//
//   ./workbook check 5.2    compares what it prints with 2_wrong_thread.txt
//   ./workbook hint 5.2     says a little more, each time
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "chapters/04_logging/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

class Loop : public ch04::EventLoop {
 public:
  explicit Loop(common::Clock& clock) : ch04::EventLoop(clock) {}

  void tell() const {
    for (const Guest& guest : book_) {
      fmt::print("still waiting: one from {}()\n", guest.made_in);
    }
  }

 protected:
  // TODO: refuse whoever comes from another thread than the owner's.
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

 private:
  struct Guest {
    const ch04::LoopObject* object;
    std::string made_in;  // the function that called the loop
  };
  std::vector<Guest> book_;
  const std::thread::id owner_ = std::this_thread::get_id();
};

void visit(Loop& loop) {
  try {
    loop.call_soon([] { fmt::print("the visitor's callback runs\n"); });
    fmt::print("the visitor has called\n");
  } catch (const std::runtime_error& error) {
    fmt::print("refused: {}\n", error.what());
  }
  loop.call_soon_threadsafe([&loop] { loop.stop(); });
}

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.call_soon([&loop] { std::thread(visit, std::ref(loop)).join(); });
  loop.run_forever();
  loop.tell();
  loop.close();
  fmt::print("closed\n");
}
