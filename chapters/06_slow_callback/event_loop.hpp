// The loop of chapter 5, with a stopwatch.
#pragma once

#include <chrono>
#include <optional>
#include <source_location>
#include <span>
#include <utility>

#include "chapters/05_set_debug/event_loop.hpp"

namespace ch06 {

using namespace ch05;

// #region event_loop
class EventLoop : public ch05::EventLoop {
 public:
  using ch05::EventLoop::EventLoop;

  // #region limit
  // In debug mode a callback or a step of a task that takes this long, or
  // longer, is reported.  asyncio: BaseEventLoop.slow_callback_duration
  std::chrono::nanoseconds slow_callback_duration =
      std::chrono::milliseconds(100);
  // #endregion limit

 protected:
  void run_handle(LoopObject& object) noexcept override;
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override;

 private:
  // The end of one handle is the beginning of the next.
  std::optional<std::chrono::nanoseconds> last_end_;
};
// #endregion event_loop

// The loops of this thread, as this chapter knows them.
inline EventLoop& get_running_loop() {
  return ch02::loop_as<EventLoop>(ch02::get_running_loop());
}
inline EventLoop& get_event_loop() {
  return ch02::loop_as<EventLoop>(ch02::get_event_loop());
}

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}

}  // namespace ch06
