// The loop of chapter 9, which tells what holds it while it is held.
#pragma once

#include <memory>
#include <source_location>
#include <span>
#include <utility>

#include "chapters/09_culprit/event_loop.hpp"
#include "chapters/10_watchdog/watchdog.hpp"

namespace ch10 {

using namespace ch09;
using ch05::RunOptions;

class EventLoop : public ch09::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch09::EventLoop(clock, std::move(selector), where) {}

  // In debug mode, what holds the loop for slow_callback_duration, and for a
  // millisecond at least, is reported while it does. That takes a thread and a
  // signal; false: neither. A change counts from the next iteration on.
  common::Switch watchdog = true;

 protected:
  void run_handle(LoopObject& object) noexcept override;
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override;
  void moving(const Frame& frame, Move move) noexcept override;

 private:
  void keep_watchdog() noexcept;
  nanoseconds since_began() const noexcept;

  std::unique_ptr<Watchdog> watchdog_;
  bool failed_ = false;  // there could be none, and that has been told
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch10::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch10
