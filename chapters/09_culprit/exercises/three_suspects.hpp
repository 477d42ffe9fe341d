// A spice shop in which somebody holds the thread: on each day it is another
// one of three.
// This file is the contract: do not edit it. Yours is three_suspects.cpp.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "chapters/09_culprit/event_loop.hpp"

namespace exercises {

struct Order {
  std::string customer;
  std::string spice;
  int grams = 0;  // at most thirty
  int cents = 0;  // for a gram
};

// The tools of the shop, and a diary of what was done with them.
class Shop {
 public:
  // How long a piece of work takes with a tool. Each day has another list.
  using Pace = std::map<std::string, std::chrono::nanoseconds>;

  Shop(ch09::EventLoop& loop, Pace pace)
      : loop_(loop), pace_(std::move(pace)), lamp_(loop.create_future()) {
    lamp_.set_result();
  }

  // A piece of work. It holds the thread, and nothing else runs meanwhile.
  void work(const Order& order, const std::string& tool) {
    diary_.emplace_back(order.customer, tool);
    loop_.clock().sleep(pace_.at(tool));
  }
  // Done as soon as there is light, and there always is.
  ch09::Future<> lamp() const { return lamp_; }

  // Customers and tools.
  const std::vector<std::pair<std::string, std::string>>& diary() const {
    return diary_;
  }

 private:
  ch09::EventLoop& loop_;
  Pace pace_;
  ch09::Future<> lamp_;
  std::vector<std::pair<std::string, std::string>> diary_;
};

// Serves an order, and returns the receipt. Each order is served in a task of
// its own, which is called like the customer.
//
// All of this must stay, on every day: each piece of work for an order, in the
// same order, and the receipt. Nobody waits for the clock, or looks at it: a
// day lasts as long as its work.
//
// This must become true, on every day:
// * The loop reports nothing. It is in debug mode, and its limit is 100 ms:
// room
//   for ten pieces of work with the slowest tool, and for everything else that
//   is done for an order.
// * There are at most ten pauses for an order. A pause is a sleep of zero: it
//   lets others in, and in a shop these have questions. A coroutine that is
//   never slow, on no day, needs none.
//
// Debug mode, its limit and the log are the business of the loop's owner.
ch09::Coroutine<std::string> serve(Shop& shop, Order order);

}  // namespace exercises
