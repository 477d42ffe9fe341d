// Exercise timer_queue (chapter 2): which timer is next?
//
//   ./workbook check timer_queue    judges this file
//   ./workbook hint timer_queue     says a little more, each time
//
// In use:
//
//   exercises::TimerQueue timers;
//   timers.push(20ms, "tea");
//   const auto egg = timers.push(10ms, "egg");
//   timers.cancel(egg);
//   timers.next_deadline();  // 20 ms
//   timers.pop_due(30ms);    // {"tea"}

#include "chapters/02_event_loop/exercises/timer_queue.hpp"

#include <utility>

namespace exercises {

// TODO: keep entries_ a heap with std::push_heap and std::pop_heap and a
// comparison of your own, and let cancel() only forget the name. Then check
// sees the timers come out in order, and the cancelled ones stay away.

TimerQueue::Id TimerQueue::push(nanoseconds when, std::string name) {
  entries_.push_back({when, ++last_id_});
  names_[last_id_] = std::move(name);
  return last_id_;
}

bool TimerQueue::cancel(Id) { return false; }

std::optional<std::chrono::nanoseconds> TimerQueue::next_deadline() {
  if (entries_.empty()) return std::nullopt;
  return entries_.front().when;
}

std::vector<std::string> TimerQueue::pop_due(nanoseconds) { return {}; }

}  // namespace exercises
