// A recorded loop that knows the stretches of its steps.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <optional>
#include <source_location>
#include <type_traits>

#include "chapters/09_culprit/event_loop.hpp"
#include "common/trace/07_resource_warning.hpp"

namespace common::detail {

// Those that take time. The clock is read exactly, since a trace shows each of
// them in its place.
template <class Loop>
class RecordedStretches : public RecordedWarnings<Loop> {
 public:
  using RecordedWarnings<Loop>::RecordedWarnings;

 protected:
  void moving(const ch03::Frame& frame, ch03::Move move) noexcept override {
    RecordedWarnings<Loop>::moving(frame, move);
    if (!this->recorder() || !this->began()) return;
    const auto now = this->clock().now();
    if (move != ch03::Move::enter && now > since_) record(frame, move, now);
    since_ = move == ch03::Move::enter ? std::max(since_, *this->began()) : now;
    const ch03::Frame* const goes_on =
        move == ch03::Move::leave ? frame.caller() : &frame;
    from_.reset();
    if (goes_on && goes_on->started()) from_ = goes_on->place();
  }

 private:
  void record(const ch03::Frame& frame, ch03::Move move,
              std::chrono::nanoseconds now) {
    const bool ends = move == ch03::Move::leave;
    this->recorder()->stretch(
        {.function = function_name(frame.defined_at()) + "()",
         .from = from_ ? file_line(*from_) : "its beginning",
         .to = ends ? "its end" : file_line(frame.place()),
         .begin = since_,
         .end = now});
  }

  std::chrono::nanoseconds since_{0};
  std::optional<std::source_location> from_;
};

template <class Loop>
concept HasStretches =
    HasWarnings<Loop> && std::derived_from<Loop, ch09::EventLoop>;
template <HasStretches Loop>
struct Layer<Loop> : std::type_identity<RecordedStretches<Loop>> {};

}  // namespace common::detail
