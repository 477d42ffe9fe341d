#include "chapters/06_slow_callback/event_loop.hpp"

#include "chapters/04_logging/logging_error.hpp"

namespace ch06 {

// #region report_slow
void EventLoop::report_slow(LoopObject& object,
                            std::chrono::nanoseconds took) noexcept {
  constexpr const char* kText = "Executing {} took {:.3f} seconds";
  try {
    // The text shows the task or the handle as it is now, after its step.
    loop_logger().warning(kText, object.repr(), common::to_seconds(took));
  } catch (...) {
    ch04::report_logging_error(std::current_exception(), object.created_at(),
                               kText);
  }
}
// #endregion report_slow

std::chrono::nanoseconds EventLoop::read_clock() const noexcept {
  try {
    return time();
  } catch (...) {
    return kNone;  // the clock may have been destroyed
  }
}

std::chrono::nanoseconds EventLoop::between(std::chrono::nanoseconds start,
                                            std::chrono::nanoseconds end) {
  if (start == kNone || end == kNone) return kNone;
  return common::saturated_difference(end, start);
}

// #region run_handle
void EventLoop::run_handle(LoopObject& object) noexcept {
  if (!debug()) {
    last_end_ = kNone;
    return ch05::EventLoop::run_handle(object);
  }
  const bool at_once = last_end_ != kNone && dropped() == dropped_before_;
  began_ = at_once ? last_end_ : read_clock();
  ch05::EventLoop::run_handle(object);
  last_end_ = read_clock();
  dropped_before_ = dropped();
  const auto took = between(began_, last_end_);
  if (took < slow_callback_duration) return;
  report_slow(object, took);
  last_end_ = kNone;  // the next one must not pay for this report
}
// #endregion run_handle

// #region select
std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  last_end_ = kNone;  // the wait must not be charged to a callback
  return ch05::EventLoop::select(timeout);
}
// #endregion select

}  // namespace ch06
