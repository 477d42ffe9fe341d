// The lying p99: a sampler that sleeps while it should look.
// This file is the contract: do not edit it. Yours is lying_sampler.cpp.
#pragma once

#include <chrono>
#include <vector>

#include "chapters/11_pulse/event_loop.hpp"

namespace exercises {

// Looks at a loop once in 10 ms, from outside: it knows nothing of turns.
//
// Its beats are 10 ms, 20 ms, 30 ms and so on after its construction. They do
// not move, however late the loop is. At each of them a visitor could have
// come. A visitor waits from that beat until the sampler's callback runs: 0 if
// it runs at the beat. If the loop stood still, several beats may be over when
// the callback runs, and each of them had a visitor.
class Sampler {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr nanoseconds kBeat = std::chrono::milliseconds(10);

  // You write these. The sampler has one timer in the loop, for the next beat
  // that is not over yet; and none after stop(), not even when its own callback
  // has called it. The loop outlives the sampler, whose end is a stop().
  explicit Sampler(ch11::EventLoop& loop);
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  ~Sampler();
  void stop();

  // How long the visitors waited until now: the smallest wait of all such that
  // this share of all visitors, or more, waited no longer. 0 if there was none.
  // The share is more than 0, and at most 1. The rounding error of a double may
  // count as one visitor more.
  nanoseconds at(double share) const;
  std::size_t visitors() const { return waits_.size(); }

 protected:
  void beat();  // for you: the timer calls it

  ch11::EventLoop& loop_;
  nanoseconds next_{0};             // for you: the next beat
  std::vector<nanoseconds> waits_;  // one for each visitor, in any order
  common::Ref<ch11::TimerHandle> timer_;
};

}  // namespace exercises
