// Compares whole microseconds: two timers less than one apart are equal, and
// come out as they were pushed.

#include "chapters/02_event_loop/exercises/timer_queue.hpp"

#include <algorithm>
#include <utility>

namespace exercises {

namespace {

// The algorithms keep the largest in front: the next timer is the largest if
// "less" means later.
const auto later = [](const auto& a, const auto& b) {
  const auto one = std::chrono::floor<std::chrono::microseconds>(a.when);
  const auto other = std::chrono::floor<std::chrono::microseconds>(b.when);
  return one != other ? one > other : a.id > b.id;
};

}  // namespace

TimerQueue::Id TimerQueue::push(nanoseconds when, std::string name) {
  entries_.push_back({when, ++last_id_});
  std::ranges::push_heap(entries_, later);
  names_[last_id_] = std::move(name);
  return last_id_;
}

bool TimerQueue::cancel(Id id) {
  if (names_.erase(id) == 0) return false;
  const std::size_t cancelled = entries_.size() - names_.size();
  if (entries_.size() > kEnoughTimers && 2 * cancelled > entries_.size()) {
    std::erase_if(entries_, [this](const Entry& entry) {
      return names_.count(entry.id) == 0;
    });
    std::ranges::make_heap(entries_, later);  // erasing has lost the order
  }
  return true;
}

std::optional<std::chrono::nanoseconds> TimerQueue::next_deadline() {
  while (!entries_.empty() && names_.count(entries_.front().id) == 0) {
    std::ranges::pop_heap(entries_, later);
    entries_.pop_back();
  }
  if (entries_.empty()) return std::nullopt;
  return entries_.front().when;
}

std::vector<std::string> TimerQueue::pop_due(nanoseconds now) {
  std::vector<std::string> due;
  for (auto next = next_deadline(); next && *next <= now;
       next = next_deadline()) {
    const auto name = names_.find(entries_.front().id);
    due.push_back(std::move(name->second));
    names_.erase(name);  // now it is dropped like a cancelled one
  }
  return due;
}

}  // namespace exercises
