// A program that gives its own loop no reason to complain, and still listens.
// This file is the contract: do not edit it. Yours is quiet_not_deaf.cpp.
#pragma once

#include <chrono>
#include <functional>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

namespace exercises {

// A step of this length, or longer, is slow.
inline constexpr std::chrono::milliseconds kLimit(10);

struct Order {
  std::chrono::nanoseconds kettle;  // how long the water takes to boil
  int cups;                         // one or more
  // The work of pouring one cup. It holds the thread for less than kLimit, and
  // does not throw.
  std::function<void()> pour;
};

// Comes in once, when the loop listens and before anything is scheduled. All
// that visitors do to the loop is their fault, and is heard.
using Visitor = std::function<void(ch07::EventLoop&)>;

// Makes tea as `-v` would: on a loop of its own with this clock, in debug mode,
// with kLimit as the limit, and with resource warnings shown always.
//
// It logs at INFO, to the logger "tea": "water on"; "water boils" when the
// kettle's time is over, which may be at once; "cup 1" and so on, each after
// its pour(); and "tea is ready". It waits for nothing but the kettle.
//
// Nothing else is said, unless there is something to say about what the visitor
// did: a callback or a step of a task that took kLimit or longer, a warning, or
// what is still in the loop when it is closed at the end.
void make_tea(common::Clock& clock, const Order& order, const Visitor& visitor);

}  // namespace exercises
