// An entry with an empty name counts as cancelled.

#include "chapters/02_event_loop/exercises/timer_queue.hpp"

#include <algorithm>
#include <utility>

namespace exercises {

namespace {
constexpr auto kLater = [](const auto& a, const auto& b) {
  return a.when != b.when ? a.when > b.when : a.id > b.id;
};
}  // namespace

TimerQueue::Id TimerQueue::push(nanoseconds when, std::string name) {
  names_[++last_id_] = std::move(name);
  entries_.push_back({when, last_id_});
  std::push_heap(entries_.begin(), entries_.end(), kLater);
  return last_id_;
}

bool TimerQueue::cancel(Id id) {
  if (names_.erase(id) == 0) return false;
  const std::size_t cancelled = entries_.size() - names_.size();
  if (entries_.size() > kEnoughTimers && 2 * cancelled > entries_.size()) {
    std::erase_if(entries_, [this](const Entry& entry) {
      return !names_.contains(entry.id);
    });
    std::make_heap(entries_.begin(), entries_.end(), kLater);
  }
  return true;
}

std::optional<std::chrono::nanoseconds> TimerQueue::next_deadline() {
  while (!entries_.empty() && !names_.contains(entries_.front().id)) {
    std::pop_heap(entries_.begin(), entries_.end(), kLater);
    entries_.pop_back();
  }
  if (entries_.empty()) return std::nullopt;
  return entries_.front().when;
}

std::vector<std::string> TimerQueue::pop_due(nanoseconds now) {
  std::vector<std::string> due;
  for (auto next = next_deadline(); next && *next <= now;
       next = next_deadline()) {
    const auto found = names_.find(entries_.front().id);
    std::string name = std::move(found->second);
    names_.erase(found);
    std::pop_heap(entries_.begin(), entries_.end(), kLater);
    entries_.pop_back();
    if (!name.empty()) due.push_back(std::move(name));
  }
  return due;
}

}  // namespace exercises
