#include "chapters/02_event_loop/timer_heap.hpp"

#include <algorithm>
#include <utility>

namespace ch02 {

using common::Ref;

void TimerHeap::push(Ref<TimerHandle> timer) {
  const auto when = timer->when();
  entries_.push_back({when, next_sequence_++, timer.get()});
  std::push_heap(entries_.begin(), entries_.end(), Later{});
  timer->in_heap_ = true;
  static_cast<void>(timer.detach());
}

Ref<TimerHandle> TimerHeap::pop() {
  std::pop_heap(entries_.begin(), entries_.end(), Later{});
  auto timer = Ref<TimerHandle>::adopt(entries_.back().timer);
  entries_.pop_back();
  timer->in_heap_ = false;
  if (timer->cancelled()) --cancelled_;
  return timer;
}

void TimerHeap::drop_cancelled() {
  // #region drop_top
  constexpr std::size_t kEnoughTimers = 100;
  const bool mostly_cancelled =
      entries_.size() > kEnoughTimers && 2 * cancelled_ > entries_.size();
  if (!mostly_cancelled) {
    while (!empty() && entries_.front().timer->cancelled()) pop();
    return;
  }
  // #endregion drop_top
  std::vector<Entry> dropped;
  dropped.reserve(cancelled_);  // may throw: before anything changes
  const auto first_dropped = std::partition(
      entries_.begin(), entries_.end(),
      [](const Entry& entry) { return !entry.timer->cancelled(); });
  dropped.assign(first_dropped, entries_.end());
  entries_.erase(first_dropped, entries_.end());
  std::make_heap(entries_.begin(), entries_.end(), Later{});
  cancelled_ = 0;
  for (const Entry& entry : dropped) {
    entry.timer->in_heap_ = false;
    entry.timer->release();
  }
}

void TimerHeap::clear() {
  // The destructor of a callback may use anything, even a timer of this loop:
  // the heap is empty before the first one runs.
  const std::vector<Entry> dropped = std::exchange(entries_, {});
  cancelled_ = 0;
  for (const Entry& entry : dropped) entry.timer->in_heap_ = false;
  for (const Entry& entry : dropped) {
    entry.timer->discard();
    entry.timer->release();
  }
}

std::vector<const TimerHandle*> TimerHeap::in_order() const {
  std::vector<Entry> sorted = entries_;
  std::ranges::sort(
      sorted, [](const Entry& a, const Entry& b) { return Later{}(b, a); });
  std::vector<const TimerHandle*> timers;
  timers.reserve(sorted.size());
  for (const Entry& entry : sorted) timers.push_back(entry.timer);
  return timers;
}

}  // namespace ch02
