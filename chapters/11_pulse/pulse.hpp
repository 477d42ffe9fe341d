// What a loop knows of its own turns.
#pragma once

#include <chrono>
#include <string>

#include "chapters/11_pulse/histogram.hpp"

namespace ch11 {

// A turn is an iteration without its wait: from the return of select() to the
// next call. Durations are whole nanoseconds.
struct Pulse {
  using nanoseconds = std::chrono::nanoseconds;

  Histogram turns;      // how long each took
  Histogram callbacks;  // how many ran in each, steps of tasks included
  Histogram lateness;   // of each timer that ran
  nanoseconds idle{0};  // in select()

  nanoseconds busy() const;
  // If an event arrives at a random moment, how long does it wait until the
  // loop asks for events? So much, or less, in this share of all moments.
  nanoseconds moments_wait(double share) const;
  // Five lines, without a line break at the end.
  std::string text() const;
};

}  // namespace ch11
