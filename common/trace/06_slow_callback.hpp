// A recorded loop with a stopwatch: was it slow?
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <type_traits>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/trace/04_logging.hpp"

namespace common::detail {

template <class Loop>
class RecordedStopwatch : public RecordedLog<Loop> {
 public:
  using RecordedLog<Loop>::RecordedLog;

 protected:
  std::optional<std::chrono::nanoseconds> slow_limit() const override {
    if (!this->debug()) return std::nullopt;
    return this->slow_callback_duration;
  }
};

template <class Loop>
concept HasStopwatch = HasLog<Loop> && std::derived_from<Loop, ch06::EventLoop>;
template <HasStopwatch Loop>
struct Layer<Loop> : std::type_identity<RecordedStopwatch<Loop>> {};

}  // namespace common::detail
