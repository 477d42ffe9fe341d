// The kitchen that keeps everything.
// This file is the contract: do not edit it. Yours is leaky_kitchen.cpp.
#pragma once

#include <map>
#include <vector>

#include "chapters/11_pulse/event_loop.hpp"

namespace exercises {

// Given: what happens outside of the kitchen.
class House {
 public:
  virtual ~House() = default;
  // Takes a while. Throws std::runtime_error if it burns. It may end in these
  // two ways also when it is cancelled: then it has tidied up.
  virtual ch11::Coroutine<> cook(int number) = 0;
  virtual void served(int number) = 0;
  virtual void burnt(int number) = 0;
};

// Takes orders, and has each of them cooked. All evening it works, and all
// evening the loop has more tasks.
class Kitchen {
 public:
  // The loop and the house outlive the kitchen, and all orders end before it.
  Kitchen(ch11::EventLoop& loop, House& house) : loop_(loop), house_(house) {}

  // You change these. No number is ordered twice.
  //
  // order() has it cooked, and calls served() as soon as that is done, or
  // burnt() if it burns: one of the two, once. leave() is called when the guest
  // goes: from then on there is neither, and nothing of it is cooked any more.
  // For a number that has been served, has burnt, or was never ordered, it does
  // nothing. It may be called from served() and burnt(), too.
  //
  // When an order has ended in one of these three ways, one or two turns later
  // nothing is left of it: no task that waits, and no task that has ended and
  // is kept. No order makes the loop log anything.
  void order(int number);
  void leave(int number);

 protected:
  // For you: keep them, change them, or do without.
  ch11::Coroutine<> cook(int number, ch11::Future<> ready);
  ch11::Coroutine<> carry(int number, ch11::Future<> ready);

  ch11::EventLoop& loop_;
  House& house_;
  std::map<int, ch11::Task<>> cooks_;  // by number
  std::vector<ch11::Task<>> carriers_;
};

}  // namespace exercises
