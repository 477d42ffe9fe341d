// The loop of chapter 5, with a stopwatch.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <utility>

#include "chapters/05_set_debug/event_loop.hpp"

namespace ch06 {

using namespace ch05;
using ch05::RunOptions;

class EventLoop : public ch05::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch05::EventLoop(clock, std::move(selector), where) {}

  // #region limit
  // In debug mode a callback or a step of a task that takes this long, or
  // longer, is reported.  asyncio: BaseEventLoop.slow_callback_duration
  common::Duration slow_callback_duration = std::chrono::milliseconds(100);
  // #endregion limit

 protected:
  void run_handle(LoopObject& object) noexcept override;
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override;
  // It took the limit, or longer. Writes the line about it.
  virtual void report_slow(LoopObject& object,
                           std::chrono::nanoseconds took) noexcept;
  // When the one that runs began, in debug mode. Empty if the clock failed.
  std::optional<std::chrono::nanoseconds> began() const {
    return known(began_);
  }
  // When it ended. Also empty if it was slow: then the report took time, too.
  std::optional<std::chrono::nanoseconds> ended() const {
    return known(last_end_);
  }
  // The time, unless the clock fails.
  std::optional<std::chrono::nanoseconds> reading() const noexcept {
    return known(read_clock());
  }

 private:
  // In place of a time that is not known. Two optionals instead would cost each
  // callback 6 ns more: they are written in two parts, and copied in one.
  static constexpr auto kNone = std::chrono::nanoseconds::min();
  static std::optional<std::chrono::nanoseconds> known(
      std::chrono::nanoseconds time) {
    return time == kNone ? std::nullopt : std::optional(time);
  }
  std::chrono::nanoseconds read_clock() const noexcept;  // kNone if it fails
  // If one of the two is not known, less than any limit.
  static std::chrono::nanoseconds between(std::chrono::nanoseconds start,
                                          std::chrono::nanoseconds end);

  std::chrono::nanoseconds began_ = kNone;
  // The end of one handle is the beginning of the next.
  std::chrono::nanoseconds last_end_ = kNone;
  // Unless a future was destroyed in between: its result may take any time to
  // go.
  std::uint64_t dropped_before_ = 0;
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch06::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch06
