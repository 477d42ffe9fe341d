// Dinner for five: each needs two forks, and there are five.
// This file is the contract: do not edit it. Yours is dinner_for_five.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "chapters/12_wait_graph/event_loop.hpp"

namespace exercises {

// A round table. Between two neighbours lies one fork: seat 0 has the forks 0
// and 1, and the last seat has the last fork and fork 0.
class Table {
 public:
  Table(ch12::EventLoop& loop, std::size_t seats)
      : loop_(loop), forks_(seats), meals_(seats) {}

  std::size_t left(std::size_t seat) const { return seat; }
  std::size_t right(std::size_t seat) const {
    return (seat + 1) % forks_.size();
  }

  // Reaches for the fork, and takes it when it is free. The graph knows who has
  // it. One who is cancelled while it waits disturbs nobody.
  ch12::Coroutine<> take(std::size_t fork) {
    co_await ch12::sleep(std::chrono::nanoseconds(0));
    while (forks_[fork].taken) co_await ch12::shield(forks_[fork].put_back);
    forks_[fork].taken = true;
    forks_[fork].put_back = loop_.create_future();
    loop_.set_owner(forks_[fork].put_back);
  }
  void put_back(std::size_t fork) {
    forks_[fork].taken = false;
    forks_[fork].put_back.set_result();
  }
  bool taken(std::size_t fork) const { return forks_[fork].taken; }

  // One meal, which takes 10 ms. It counts if the seat has both forks.
  ch12::Coroutine<> eat(std::size_t seat) {
    const bool has_both = taken(left(seat)) && taken(right(seat));
    co_await ch12::sleep(std::chrono::milliseconds(10));
    if (has_both) ++meals_[seat];
  }
  int meals(std::size_t seat) const { return meals_[seat]; }

 private:
  struct Fork {
    bool taken = false;
    ch12::Future<> put_back;  // of the one who has it
  };
  ch12::EventLoop& loop_;
  std::vector<Fork> forks_;
  std::vector<int> meals_;
};

// One of those at the table: comes after a moment, and eats so many meals. For
// each of them it takes both forks, and puts them back. All seats run this
// function, each in a task of its own.
//
// * Each gets all of its meals, however many sit at the table, from two on, and
//   whoever comes first.
// * It holds a fork for no longer than it needs it: two who have no fork in
//   common eat at the same time.
// * One who is cancelled puts back what it holds, and holds nothing later.
ch12::Coroutine<> dine(Table& table, std::size_t seat, int meals);

}  // namespace exercises
