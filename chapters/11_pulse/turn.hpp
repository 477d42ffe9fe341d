// What one turn of the loop is made of.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>

#include "chapters/11_pulse/by_place.hpp"
#include "common/clock.hpp"

namespace ch11 {

// Adds up the callbacks of a turn by the place where they were created.
class Turn {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  void begin(nanoseconds now);
  // A callback, or a step of a task, has run.
  void add(const ch02::LoopObject& object, nanoseconds took);
  // A timer ran so much too late, and that is too much.
  void add_late(const ch02::LoopObject& timer, nanoseconds late);
  void add_slow() { any_slow_ = true; }  // and it has been reported
  void add_report(nanoseconds took) {
    reports_ = common::saturated_sum(reports_, took);
  }

  // How long it took until now, without what was reported meanwhile.
  nanoseconds took(nanoseconds now) const;
  std::size_t callbacks() const { return callbacks_; }
  bool any_slow() const { return any_slow_; }
  bool any_late() const { return late_timers_ > 0; }
  // "One turn of the loop took 2.000 seconds: 200 callbacks, none of them
  // slow", and a line for each of the three places that took most.
  std::string report(nanoseconds took);
  // "<TimerHandle ...> ran 1.900 seconds late", about the latest.
  std::string late_report() const;

 private:
  struct Share {
    std::source_location place;
    std::string name;
    std::uint64_t turn = 0;  // of this turn; in others the place took nothing
    std::size_t times = 0;
    nanoseconds total{0};
    nanoseconds longest{0};
  };

  ByPlace<Share> shares_;
  std::uint64_t number_ = 0;
  nanoseconds began_{0};
  nanoseconds reports_{0};
  std::size_t callbacks_ = 0;
  bool any_slow_ = false;
  std::size_t late_timers_ = 0;
  nanoseconds latest_{0};
  std::string latest_text_;
};

}  // namespace ch11
