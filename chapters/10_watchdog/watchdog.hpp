// Reports a callback while it holds the loop.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "chapters/10_watchdog/sample.hpp"
#include "common/clock.hpp"

namespace ch10 {

using std::chrono::nanoseconds;

// #region barks
// When to report a callback: at the limit, at ten times the limit, at a hundred
// times, and so on. And all callbacks together at most ten times a minute.
class Barks {
 public:
  void begin(nanoseconds limit);  // of a new callback
  // How long it has to hold the loop until the next report. Empty: no time is
  // long enough.
  std::optional<nanoseconds> next() const { return next_; }
  // Is it to be reported now? `now` may be on any clock, but always the same.
  bool due(nanoseconds held, nanoseconds now);
  // How many were one too many since the last report.
  int take_kept_back() { return std::exchange(kept_back_, 0); }

 private:
  static constexpr int kMostInAMinute = 10;

  std::optional<nanoseconds> next_;
  std::optional<nanoseconds> minute_;  // its begin
  int in_this_minute_ = 0;
  int kept_back_ = 0;
};
// #endregion barks

// All is called on the loop's thread.
class Watchdog {
 public:
  Watchdog() = default;
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  virtual ~Watchdog() = default;

  // A callback, or a step of a task, begins and ends. If it was reported, end()
  // returns true: tell how long it took.
  virtual void begin(const ch02::LoopObject& object, nanoseconds limit) {
    running_.frame.store(nullptr, std::memory_order_relaxed);
    running_.is_task.store(false, std::memory_order_relaxed);
    running_.object.store(&object, std::memory_order_relaxed);
    limit_.store(limit, std::memory_order_relaxed);
  }
  virtual bool end() = 0;
  virtual void is_over(nanoseconds took) noexcept = 0;
  // The innermost coroutine that runs; nullptr if the last one has ended.
  void runs(const ch03::Frame* frame) {
    running_.frame.store(frame, std::memory_order_relaxed);
    running_.is_task.store(true, std::memory_order_relaxed);
  }

  // The loop waits, for any time, and goes on.
  virtual void rest() {}
  virtual void resume() {}
  // The loop runs on another thread now, or in the child of a fork().
  virtual bool is_left_behind() const { return false; }

 protected:
  Running running_;
  std::atomic<nanoseconds> limit_ = nanoseconds(0);
};

// On a virtual clock, the clock's alarm interrupts the callback.
class AlarmWatchdog final : public Watchdog {
 public:
  explicit AlarmWatchdog(common::VirtualClock& clock)
      : clock_(clock), virtual_clock_(clock) {}

  void begin(const ch02::LoopObject& object, nanoseconds limit) override;
  bool end() override;
  void is_over(nanoseconds took) noexcept override;

 private:
  std::optional<nanoseconds> ring();
  bool is_alive() const { return &*clock_ == &virtual_clock_; }

  common::ClockRef clock_;  // another one, when ours is destroyed
  common::VirtualClock& virtual_clock_;
  Barks barks_;
  nanoseconds began_{0};
  bool has_barked_ = false;
};

// The lines of the log. `cpu` is what the thread has computed meanwhile, if
// that is known. A sample that is nullptr was asked for in vain.
void bark(nanoseconds held, std::optional<nanoseconds> cpu,
          const Sample* sample, int kept_back) noexcept;
void tell_over(nanoseconds took) noexcept;
void tell_stood_still(nanoseconds duration) noexcept;

}  // namespace ch10
