// For probes of timers.
#pragma once

#include <chrono>

#include "common/clock.hpp"

namespace probe {

// A virtual clock that promises no more than whole steps of its resolution.
class CoarseClock : public common::VirtualClock {
 public:
  std::chrono::nanoseconds resolution() const override { return step; }
  std::chrono::nanoseconds step{1};
};

}  // namespace probe
