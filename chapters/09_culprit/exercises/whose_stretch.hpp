// Whose stretch? A profile of coroutines: their own time, and that of all they
// awaited.
// This file is the contract: do not edit it. Yours is whose_stretch.cpp.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"

namespace exercises {

// What is known of all coroutines of one function.
struct Line {
  int calls = 0;                      // how many have begun to run
  std::chrono::nanoseconds own{0};    // how long they themselves ran
  std::chrono::nanoseconds total{0};  // how long they or their callees ran
};

class ProfilingLoop : public ch07::EventLoop {
 public:
  using ch07::EventLoop::EventLoop;

  // By the function's name, as common::function_name() gives it. It has those
  // that have begun to run, and no others.
  const std::map<std::string, Line>& profile() const { return profile_; }

 protected:
  // The loop listens while anything runs.
  void run_handle(ch07::LoopObject& object) noexcept override {
    const Listening listening(*this);
    ch07::EventLoop::run_handle(object);
  }
  // You write this. All times are exact, to the nanosecond. While a task waits,
  // no function's time passes. A function's total includes its own time, and
  // what any coroutine ran that it awaited, directly or not; a stretch counts
  // once in it, even if the function is in the chain of callers several times.
  // A task that is awaited has a chain of its own: its time is not in the total
  // of the one that awaits it. A co_await of what is done already does not
  // wait, and the coroutine goes on without another enter. An error that leaves
  // a coroutine changes nothing.
  void moving(const ch07::Frame& frame, ch07::Move move) noexcept override;

  std::map<std::string, Line> profile_;
  nanoseconds since_{0};  // for you: the time of the last move
};

}  // namespace exercises
