#include "chapters/09_culprit/event_loop.hpp"

#include <fmt/format.h>

#include "chapters/04_logging/logging_error.hpp"

namespace ch09 {

// #region run_handle
void EventLoop::run_handle(LoopObject& object) noexcept {
  if (!debug()) return ch07::EventLoop::run_handle(object);
  trail_.clear();
  exact_to_ = slow_callback_duration / 20;
  const Listening listening(*this);
  ch07::EventLoop::run_handle(object);
}
// #endregion run_handle

// #region moving
void EventLoop::moving(const Frame& frame, Move move) noexcept {
  ch07::EventLoop::moving(frame, move);
  if (!began()) return;  // its clock is gone
  switch (move) {
    case Move::enter:  // no time passes between a co_await and this
      return trail_.enter(frame, *began());
    case Move::stand:
      return trail_.stand(frame, coarse_time());
    case Move::leave:
      return trail_.leave(frame, coarse_time());
  }
}
// #endregion moving

// #region coarse_time
std::chrono::nanoseconds EventLoop::coarse_time() const noexcept {
  try {
    return clock().coarse_now(exact_to_);
  } catch (...) {
    return nanoseconds::min();  // its clock is gone: no time passes
  }
}
// #endregion coarse_time

// #region report_slow
void EventLoop::report_slow(LoopObject& object, nanoseconds took) noexcept {
  ch07::EventLoop::report_slow(object, took);
  const auto* const task = dynamic_cast<const TaskBase*>(&object);
  if (!task) return;  // a callback is one stretch, and has been named
  constexpr const char* kText = "Where the {:.3f} seconds of {} went:{}";
  try {
    const std::string lines = trail_.report(took);
    if (lines.empty()) return;
    loop_logger().warning(kText, common::to_seconds(took), task->get_name(),
                          lines);
  } catch (...) {
    ch04::report_logging_error(std::current_exception(), object.created_at(),
                               kText);
  }
}
// #endregion report_slow

}  // namespace ch09
