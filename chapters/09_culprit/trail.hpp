// Where the time of one step went.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

#include "chapters/03_coroutine_task/coroutine.hpp"

namespace ch09 {

// #region stretch
// The way of one coroutine from a co_await to the next, which it may have gone
// several times in a step. The awaited coroutines have stretches of their own.
struct Stretch {
  std::source_location function;  // names the coroutine
  std::source_location from;      // a co_await; or function: its beginning
  std::source_location to;        // a co_await; or function: its end
  int times = 0;
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds longest{0};  // of the times
};
// #endregion stretch

// "boil_water() from its beginning to main.cpp:9, 3 times, the longest 0.100 s"
std::string text(const Stretch& stretch);

// Adds up the stretches of a step. Allocates nothing while the step runs.
class Trail {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  void clear();
  // The moves of a step, each with the time. A time that is earlier than the
  // last one counts as that one.
  void enter(const ch03::Frame& frame, nanoseconds now);
  void stand(const ch03::Frame& frame, nanoseconds now);
  void leave(const ch03::Frame& frame, nanoseconds now);

  // Those of which it has kept account, the largest total first.
  std::vector<Stretch> stretches() const;
  // The rest: a step may have any number of stretches, and 32 have a place.
  int other_times() const { return other_times_; }
  nanoseconds other_total() const { return other_total_; }
  // Lines of text, each beginning with a line break: the stretches that took a
  // twentieth of the step or more, the others together, and what is missing.
  // Empty if there is nothing to tell.
  std::string report(nanoseconds took) const;

 private:
  using Place = std::source_location;
  struct Call {
    Place function;
    Place place;
  };

  void close(const ch03::Frame& frame, const Place& to, nanoseconds now);
  Stretch& account_of(const Stretch& wanted);
  Stretch& found_or_new(const Stretch& wanted);
  std::string callers_text() const;

  static constexpr std::size_t kMost = 32;
  std::array<Stretch, kMost> accounts_;
  std::size_t count_ = 0;
  std::size_t last_ = 0;  // found last
  int other_times_ = 0;
  nanoseconds other_total_{0};

  std::optional<nanoseconds> since_;  // the last move
  Place from_;                        // where the running coroutine was then

  // The single longest, and who waited for it at that moment.
  static constexpr std::size_t kMostCallers = 8;
  Stretch longest_;
  std::array<Call, kMostCallers> callers_;  // innermost first
  std::size_t caller_count_ = 0;
  bool more_callers_ = false;
};

}  // namespace ch09
