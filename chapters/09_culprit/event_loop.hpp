// The loop of chapter 7, which says where the time of a slow step went.
#pragma once

#include <chrono>
#include <memory>
#include <source_location>
#include <utility>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "chapters/09_culprit/trail.hpp"

namespace ch09 {

using namespace ch07;
using ch03::Frame;
using ch03::Move;
using ch05::RunOptions;

class EventLoop : public ch07::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch07::EventLoop(clock, std::move(selector), where) {}

 protected:
  void run_handle(LoopObject& object) noexcept override;
  void moving(const Frame& frame, Move move) noexcept override;
  // One more record about a task, if debug mode was on when its step began.
  void report_slow(LoopObject& object, nanoseconds took) noexcept override;

  // The step that runs, or the last one, until the next callback begins.
  const Trail& trail() const { return trail_; }
  // The time, or a little less: a twentieth of the limit at most. The smallest
  // value if the clock is gone.
  nanoseconds coarse_time() const noexcept;

 private:
  Trail trail_;
  nanoseconds exact_to_{0};  // what the times of a step are worth knowing
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch09::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch09
