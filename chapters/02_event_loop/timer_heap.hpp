// Timers by deadline: the loop asks only for the earliest.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "chapters/02_event_loop/handle.hpp"

namespace ch02 {

// A binary heap that holds a reference to each timer. Cancelled timers stay
// where they are until they reach the top, or until they are the majority:
// finding one in the middle would cost more than carrying it along.
class TimerHeap {
 public:
  TimerHeap() = default;
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;
  ~TimerHeap() { clear(); }

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  std::size_t cancelled() const { return cancelled_; }  // of size()
  std::chrono::nanoseconds next_deadline() const {      // not empty
    return entries_.front().when;
  }

  void push(common::Ref<TimerHandle> timer);
  common::Ref<TimerHandle> pop();  // the earliest; not empty
  void note_cancelled() { ++cancelled_; }
  // Drops cancelled timers from the top, or all of them when they are more
  // than half of over 100.  asyncio: the first part of _run_once
  void drop_cancelled();
  void clear();  // cancels them

  std::vector<const TimerHandle*> in_order() const;  // for reports

 private:
  // The deadline is copied here, so that sorting does not visit the timers.
  // #region entry
  struct Entry {
    std::chrono::nanoseconds when;
    std::uint64_t sequence;  // equal deadlines: first come, first served
    TimerHandle* timer;
  };
  // A class, because the algorithms can inline its operator. They could not
  // inline a pointer to a function.
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };
  // #endregion entry

  std::vector<Entry> entries_;
  std::uint64_t next_sequence_ = 0;
  std::size_t cancelled_ = 0;
};

}  // namespace ch02
