// The greedy cook, a hunt: one coroutine keeps the whole kitchen waiting.
// This file is the contract: do not edit it. Yours is greedy_cook.cpp.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "chapters/06_slow_callback/event_loop.hpp"

namespace exercises {

struct Dish {
  std::string name;
  int vegetables = 0;  // to be chopped
  int rounds = 0;      // with the spoon, for the sauce
  std::chrono::nanoseconds roasting{0};
};

// Where the work is done, and a diary of it.
class Kitchen {
 public:
  struct Entry {
    std::string dish;
    std::string what;
    std::chrono::nanoseconds began;
  };

  explicit Kitchen(ch06::EventLoop& loop) : loop_(loop) {}

  // A piece of work. It holds the thread, and nothing else runs meanwhile.
  void work(const Dish& dish, const std::string& what,
            std::chrono::nanoseconds duration) {
    diary_.push_back({dish.name, what, loop_.time()});
    loop_.clock().sleep(duration);
  }
  const std::vector<Entry>& diary() const { return diary_; }

 private:
  ch06::EventLoop& loop_;
  std::vector<Entry> diary_;
};

// Cooks all dishes at the same time, each in a task of its own that is called
// like the dish.
//
// All of this must stay, for each dish: its work, piece by piece and in the
// same order, with its time in the oven between the sauce and the spoons. Only
// the oven waits for the clock: a dinner of one dish takes as long as its work
// and the oven together, and one of several no longer than all work and the
// longest oven.
//
// This must become true:
// * No step of a task holds the thread for more than 30 ms, which is enough
//   for any piece of work. So a timer is at most two steps of each dish late.
// * A dinner that is cancelled ends with CancelledError, and no piece of work,
//   for any dish, begins later than 100 ms after that was asked for. A dish
//   that is in the oven then is not tasted.
//
// Debug mode, its limit and the log are the business of the loop's owner, not
// of the cook: they stay as they are, also during the dinner.
ch06::Coroutine<> cook_dinner(Kitchen& kitchen, std::vector<Dish> dishes);

}  // namespace exercises
