#include "chapters/11_pulse/event_loop.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "chapters/04_logging/logging_error.hpp"
#include "common/clock.hpp"

namespace ch11 {

namespace {

std::uint64_t count_of(std::chrono::nanoseconds duration) {
  return static_cast<std::uint64_t>(std::max(duration.count(), {}));
}

}  // namespace

// #region apart
// The time that this takes belongs to no turn.
template <std::invocable Action>
void EventLoop::apart(Action action) noexcept {
  const auto start = reading();
  action();
  const auto end = reading();
  if (start && end)
    turn_.add_report(common::saturated_difference(*end, *start));
}
// #endregion apart

template <std::invocable Report>
void EventLoop::tell(Report report) noexcept {
  apart([&] {
    try {
      loop_logger().log_text(ch04::WARNING, report());
    } catch (...) {
      ch04::report_logging_error(std::current_exception(), created_at(),
                                 "the pulse of an event loop");
    }
  });
}

// --- Turns -------------------------------------------------------------------

// #region select
std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  in_turn_ = in_turn_ && measures();
  if (!measures()) return ch10::EventLoop::select(timeout);
  const auto before = end_turn();
  const auto events = ch10::EventLoop::select(timeout);
  const auto after = reading();
  if (before && after) {
    pulse_.idle = common::saturated_sum(
        pulse_.idle, common::saturated_difference(*after, *before));
    turn_.begin(*after);
    in_turn_ = true;
  }
  return events;
}
// #endregion select

// #region end_turn
// Answers with the time, if the next turn may be measured.
std::optional<std::chrono::nanoseconds> EventLoop::end_turn() noexcept {
  if (!measures()) in_turn_ = false;
  if (!measures()) return std::nullopt;
  const auto now = reading();
  if (!std::exchange(in_turn_, false) || !now) return now;
  const nanoseconds took = turn_.took(*now);
  pulse_.turns.add(count_of(took));
  pulse_.callbacks.add(turn_.callbacks());
  const bool crumbs = took >= slow_callback_duration && !turn_.any_slow() &&
                      turn_.callbacks() > 0;
  if (crumbs) tell([&] { return turn_.report(took); });
  if (turn_.any_late()) tell([this] { return turn_.late_report(); });
  return crumbs || turn_.any_late() ? reading() : now;
}
// #endregion end_turn

// #region run_forever
void EventLoop::run_forever() {
  if (is_running()) return ch10::EventLoop::run_forever();  // which refuses
  // The last turn of a run ends here, and no select() says so.
  struct EndTurn {
    EventLoop& loop;
    ~EndTurn() { loop.end_turn(); }
  } const at_the_end{*this};
  ch10::EventLoop::run_forever();
}
// #endregion run_forever

void EventLoop::close() {
  const bool was_open = !is_closed();
  ch10::EventLoop::close();
  if (was_open && measures() && pulse_at_close) {
    loop_logger().log_text(ch04::INFO, pulse_.text());
  }
}

// --- Callbacks and timers ----------------------------------------------------

// #region run_handle
void EventLoop::run_handle(LoopObject& object) noexcept {
  if (!in_turn_) return ch10::EventLoop::run_handle(object);
  ch10::EventLoop::run_handle(object);
  measure(object);
}

void EventLoop::measure(const LoopObject& object) noexcept try {
  if (!measures()) in_turn_ = false;    // half a turn is none
  if (!measures() || !began()) return;  // or its clock is gone
  const nanoseconds ended_at = ended().value_or(*began());
  turn_.add(object, common::saturated_difference(ended_at, *began()));
  if (object.kind() != LoopObject::Kind::timer) return;
  // #endregion run_handle
  // #region late
  const auto& timer = static_cast<const TimerHandle&>(object);
  const auto late = common::saturated_difference(*began(), timer.due());
  // What the clock cannot show is not late.
  const bool on_time = late < clock().resolution();
  pulse_.lateness.add(on_time ? 0 : count_of(late));
  if (!on_time && late >= slow_callback_duration) turn_.add_late(timer, late);
  // #endregion late
} catch (const std::exception&) {
  return;  // no memory for a new place: it is told as elsewhere
}

void EventLoop::report_slow(LoopObject& object, nanoseconds took) noexcept {
  turn_.add_slow();
  apart([&] { ch10::EventLoop::report_slow(object, took); });
}

// --- What is pending ---------------------------------------------------------

void EventLoop::accept(LoopObject& object) {
  ch10::EventLoop::accept(object);
  if (object.kind() == LoopObject::Kind::timer && measures()) {
    count_timer(static_cast<TimerHandle&>(object));
  }
}

// #region count_timer
void EventLoop::count_timer(TimerHandle& timer) noexcept try {
  if (const auto now = reading()) timer.set_at(*now);
  if (!timers_.add(timer, pending_timers() + 1)) return;
  tell([&] {
    std::vector<const LoopObject*> pending;
    for (const auto& each : scheduled()) {
      if (each.kind == Scheduled::Kind::timer) pending.push_back(each.object);
    }
    pending.push_back(&timer);  // not in the heap yet
    return timers_.report("timers", pending, time());
  });
} catch (const std::exception&) {
  return;  // no memory for a new place
}
// #endregion count_timer

// #region count_tasks
void EventLoop::count(FutureBase& future, Change change) noexcept try {
  if (future.kind() != LoopObject::Kind::task) return;
  if (change == Change::create) {
    // Those that were made before are found once.
    pending_tasks_ = pending_tasks_ ? *pending_tasks_ + 1 : all_tasks().size();
    if (tasks_.add(future, *pending_tasks_)) tell_tasks();
  } else if (pending_tasks_ && (change == Change::finish ||
                                (change == Change::drop && !future.done()))) {
    --*pending_tasks_;
  }
} catch (const std::exception&) {
  pending_tasks_.reset();  // no memory: they are counted again, later
}
// #endregion count_tasks

void EventLoop::tell_tasks() noexcept {
  tell([this] {
    std::vector<const LoopObject*> pending;
    for (const auto& task : all_tasks()) pending.push_back(task.get());
    return tasks_.report("tasks", pending, time());
  });
}

}  // namespace ch11
