// The loop of chapter 10, which measures its own turns.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <utility>

#include "chapters/10_watchdog/event_loop.hpp"
#include "chapters/11_pulse/census.hpp"
#include "chapters/11_pulse/pulse.hpp"
#include "chapters/11_pulse/turn.hpp"

namespace ch11 {

using namespace ch10;
using ch05::RunOptions;

class EventLoop : public ch10::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch10::EventLoop(clock, std::move(selector), where) {}

  // #region switches
  // In debug mode the loop measures its turns and counts what is pending,
  // unless this is false. It warns of a turn that takes
  // slow_callback_duration though no callback does, of a timer that is so much
  // too late, and when twice as many tasks or timers are pending as ever
  // before, from 128 on.
  common::Switch takes_pulse = true;
  // Then close() also logs what it has measured, as INFO.
  common::Switch pulse_at_close = false;
  // #endregion switches

  // Since the loop was made, or since restart_pulse().
  const Pulse& pulse() const { return pulse_; }
  void restart_pulse() { pulse_ = {}; }

  void run_forever() override;
  void close() override;

 protected:
  void accept(LoopObject& object) override;
  void run_handle(LoopObject& object) noexcept override;
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override;
  void report_slow(LoopObject& object, nanoseconds took) noexcept override;
  void changing(FutureBase& future, Change change) noexcept override {
    if (measures()) {
      count(future, change);
    } else if (pending_tasks_) {
      pending_tasks_.reset();
    }
    ch10::EventLoop::changing(future, change);
  }

 private:
  bool measures() const { return debug() && takes_pulse; }
  void measure(const LoopObject& object) noexcept;
  std::optional<nanoseconds> end_turn() noexcept;
  void count(FutureBase& future, Change change) noexcept;
  void tell_tasks() noexcept;
  void count_timer(TimerHandle& timer) noexcept;
  template <std::invocable Action>
  void apart(Action action) noexcept;
  template <std::invocable Report>
  void tell(Report report) noexcept;  // logs it as WARNING

  Pulse pulse_;
  Turn turn_;
  bool in_turn_ = false;
  std::optional<std::size_t> pending_tasks_;  // unless they are not counted
  Census tasks_;
  Census timers_;
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch11::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch11
