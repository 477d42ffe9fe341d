// Timers by deadline, that can be cancelled for next to nothing.
// This file is the contract: do not edit it. Yours is timer_queue.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace exercises {

class TimerQueue {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  using Id = std::uint64_t;
  // With so many entries or fewer nothing is purged.
  static constexpr std::size_t kEnoughTimers = 100;

  // You write these four.
  //
  // Adds a timer with a name, and returns its id: 1 for the first, 2 for the
  // second and so on. An id is never used again.
  Id push(nanoseconds when, std::string name);
  // The timer will not come out. Returns whether it was waiting: no if it has
  // come out, was cancelled before, or never was; then nothing changes.
  // Its entry stays in the heap. But if now, of more than kEnoughTimers
  // entries, more than half are cancelled, all of those are dropped at once.
  // Nothing else purges.
  bool cancel(Id id);
  // The earliest deadline that is not cancelled, if there is one. Cancelled
  // entries are dropped from the front of the heap, and only there.
  std::optional<nanoseconds> next_deadline();
  // Takes out the timers with a deadline that is not later than now. Returns
  // the names, the earliest deadline first; of equal deadlines, the one that
  // was pushed first. Cancelled entries that come to the front are dropped, as
  // by next_deadline().
  std::vector<std::string> pop_due(nanoseconds now);

  // Entries in the heap, cancelled ones included.
  std::size_t size() const { return entries_.size(); }
  // Timers that will come out some time.
  std::size_t waiting() const { return names_.size(); }

 protected:
  struct Entry {
    nanoseconds when;
    Id id;
  };

  std::vector<Entry> entries_;  // a heap: the next one is in front
  // The names of those that wait. An entry without a name is cancelled.
  std::unordered_map<Id, std::string> names_;
  Id last_id_ = 0;
};

}  // namespace exercises
