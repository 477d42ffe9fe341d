// Where a loop gets its time from: the machine, or a test.
#pragma once

#include <chrono>

namespace common {

// Time is a duration since a zero that only the clock knows, as in
// time.monotonic(): differences mean something, single values do not.
class Clock {
 public:
  virtual ~Clock() = default;

  // Never goes back.
  virtual std::chrono::nanoseconds now() const = 0;
  // Blocks the calling thread (Python's time.sleep): nothing else runs on it.
  // Zero or less returns at once.
  virtual void sleep(std::chrono::nanoseconds duration) = 0;
  // The smallest step of now().  asyncio: BaseEventLoop._clock_resolution
  virtual std::chrono::nanoseconds resolution() const;
  // Does waiting move this clock, instead of taking time?
  virtual bool is_virtual() const { return false; }
};

class SystemClock : public Clock {
 public:
  std::chrono::nanoseconds now() const override;
  void sleep(std::chrono::nanoseconds duration) override;
};

// Stands still until somebody waits on it; then it jumps. Starts at zero.
// For one thread: only the loop's own may wait on it or move it.
class VirtualClock : public Clock {
 public:
  std::chrono::nanoseconds now() const override { return now_; }
  void sleep(std::chrono::nanoseconds duration) override { advance(duration); }
  bool is_virtual() const override { return true; }

  void advance(std::chrono::nanoseconds duration);

 private:
  std::chrono::nanoseconds now_{0};
};

// The clock of a loop that was given none.
SystemClock& system_clock();

// Seconds as a floating point number, for texts.
double to_seconds(std::chrono::nanoseconds duration);

}  // namespace common
