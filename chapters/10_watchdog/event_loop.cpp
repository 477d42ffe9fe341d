#include "chapters/10_watchdog/event_loop.hpp"

#include <exception>

#include "chapters/10_watchdog/signal_watchdog.hpp"
#include "common/clock.hpp"

namespace ch10 {

// #region run_handle
void EventLoop::run_handle(LoopObject& object) noexcept {
  if (!watchdog_ || !debug()) return ch09::EventLoop::run_handle(object);
  watchdog_->begin(object, slow_callback_duration);
  ch09::EventLoop::run_handle(object);
  if (watchdog_->end()) watchdog_->is_over(since_began());
}
// #endregion run_handle

// #region moving
void EventLoop::moving(const Frame& frame, Move move) noexcept {
  ch09::EventLoop::moving(frame, move);
  if (!watchdog_) return;
  watchdog_->runs(move == Move::leave ? frame.caller() : &frame);
}
// #endregion moving

// #region select
std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  if (debug() || watchdog_) keep_watchdog();
  if (!watchdog_) return ch09::EventLoop::select(timeout);
  const bool may_wait = !timeout || *timeout > nanoseconds(0);
  if (may_wait) watchdog_->rest();
  const auto ready = ch09::EventLoop::select(timeout);
  watchdog_->resume();
  return ready;
}
// #endregion select

void EventLoop::keep_watchdog() noexcept {
  if (!debug() || !watchdog) return watchdog_.reset();
  if (watchdog_ && watchdog_->is_left_behind()) watchdog_.reset();
  if (watchdog_ || failed_) return;
  // #region keep_watchdog
  try {
    if (auto* const clock =
            dynamic_cast<common::VirtualClock*>(&this->clock())) {
      watchdog_ = std::make_unique<AlarmWatchdog>(*clock);
    } else {
      watchdog_ = std::make_unique<SignalWatchdog>(*this);
    }
  } catch (...) {
    failed_ = true;
    loop_logger().log_text(ch04::WARNING,
                           "The loop has no watchdog, and runs without",
                           std::current_exception());
  }
  // #endregion keep_watchdog
}

std::chrono::nanoseconds EventLoop::since_began() const noexcept {
  const auto now = reading();
  return now && began() ? common::saturated_difference(*now, *began())
                        : nanoseconds(0);
}

}  // namespace ch10
