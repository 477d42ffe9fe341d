// The stopwatch: a layer on chapter 5's loop that notes what was slow.
// This file is the contract: do not edit it. Yours is stopwatch.cpp.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "chapters/05_set_debug/event_loop.hpp"

namespace exercises {

// A callback, or a step of a task, that held the thread too long.
struct SlowCallback {
  std::string what;               // its repr(), as it is after it ran
  std::chrono::nanoseconds took;  // to the nanosecond, as the clock says
};

class StopwatchLoop : public ch05::EventLoop {
 public:
  using ch05::EventLoop::EventLoop;

  // A callback that takes this long, or longer, is slow. Zero or more.
  std::chrono::nanoseconds slow_callback_duration =
      std::chrono::milliseconds(100);

  // All that was slow in debug mode, in the order of running. With debug mode
  // off nothing is noted.
  const std::vector<SlowCallback>& slow() const { return slow_; }

 protected:
  // You write this. It runs the object exactly once, in debug mode or not, and
  // an exception changes nothing. The time between two callbacks, while the
  // loop waits or does not run, belongs to neither, nor does that for writing
  // a repr(). Debug mode counts as it is when a callback begins; if one changes
  // the limit itself, the old or the new one may count for it.
  void run_handle(ch05::LoopObject& object) noexcept override;

  std::vector<SlowCallback> slow_;
};

}  // namespace exercises
