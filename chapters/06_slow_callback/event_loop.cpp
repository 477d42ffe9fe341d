#include "chapters/06_slow_callback/event_loop.hpp"

namespace ch06 {

// #region run_handle
void EventLoop::run_handle(LoopObject& object) noexcept {
  if (!debug()) {
    last_end_.reset();
    return ch05::EventLoop::run_handle(object);
  }
  const auto start = last_end_ ? *last_end_ : time();
  ch05::EventLoop::run_handle(object);
  const auto end = time();
  last_end_ = end;
  if (end - start < slow_callback_duration) return;
  // The text shows the task or the handle as it is now, after its step.
  loop_logger().warning("Executing {} took {:.3f} seconds", object.repr(),
                        common::to_seconds(end - start));
  last_end_.reset();  // the next one shall not pay for this report
}
// #endregion run_handle

// #region select
std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  last_end_.reset();  // nor for the time spent waiting
  return ch05::EventLoop::select(timeout);
}
// #endregion select

}  // namespace ch06
