// A timer that comes again and again, without drifting away.
// This file is the contract: do not edit it. Yours is call_every.cpp.
#pragma once

#include <chrono>
#include <functional>

#include "chapters/02_event_loop/event_loop.hpp"

namespace exercises {

// Calls a function each `interval`, for as long as this object lives. It
// belongs to the loop's thread, and the loop must live longer.
class CallEvery {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  // You write these three.
  //
  // The beats are start + interval, start + 2 * interval, and so on, where
  // start is the loop's time() now. The callback is called on each beat, or
  // after it if the loop is late. Beats that have gone by meanwhile are not
  // made up for: after each call, the next one is at the first beat that was
  // later than time() when the callback was called. A loop whose clock has a
  // coarse resolution() may call a little before the beat; that was its call.
  // A late call was that of its own beat all the same, however little before
  // another one it comes.
  // What the callback throws goes to the loop, as usual, and the next beat
  // comes all the same.
  // Throws std::invalid_argument if the interval is zero or less, and leaves
  // no timer in the loop. Beats that are later than a time in nanoseconds can
  // say are not asked for.
  CallEvery(ch02::EventLoop& loop, nanoseconds interval,
            std::function<void()> callback);
  // There are no more calls, nor does a timer of ours stay in the loop. The
  // callback does not destroy the object that calls it: it has cancel().
  ~CallEvery();
  // The same, for an object that lives on. It may be called from inside the
  // callback, and again, which does nothing.
  void cancel();

  bool cancelled() const { return cancelled_; }

 protected:
  void beat();  // For you: what the timer calls.

  ch02::EventLoop& loop_;
  nanoseconds interval_;
  std::function<void()> callback_;
  nanoseconds next_ = nanoseconds(0);  // the beat that is waited for
  common::Ref<ch02::TimerHandle> timer_;
  bool cancelled_ = false;
};

}  // namespace exercises
