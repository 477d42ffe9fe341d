#include "chapters/06_slow_callback/event_loop.hpp"

#include "chapters/04_logging/logging_error.hpp"

namespace ch06 {

namespace {

using Reading = std::optional<std::chrono::nanoseconds>;

// If the clock failed, less than any limit.
std::chrono::nanoseconds between(const Reading& start, const Reading& end) {
  if (!start || !end) return std::chrono::nanoseconds::min();
  return common::saturated_difference(*end, *start);
}

}  // namespace

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

// No value if the clock fails: it may have been destroyed.
std::optional<std::chrono::nanoseconds> EventLoop::reading() const noexcept {
  try {
    return time();
  } catch (...) {
    return std::nullopt;
  }
}

// #region run_handle
void EventLoop::run_handle(LoopObject& object) noexcept {
  if (!debug()) {
    last_end_.reset();
    return ch05::EventLoop::run_handle(object);
  }
  const bool at_once = last_end_ && dropped() == dropped_before_;
  began_ = at_once ? last_end_ : reading();
  ch05::EventLoop::run_handle(object);
  last_end_ = reading();
  dropped_before_ = dropped();
  const auto took = between(began_, last_end_);
  if (took < slow_callback_duration) return;
  report_slow(object, took);
  last_end_.reset();  // the next one must not pay for this report
}
// #endregion run_handle

// #region select
std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  last_end_.reset();  // the wait must not be charged to a callback
  return ch05::EventLoop::select(timeout);
}
// #endregion select

}  // namespace ch06
