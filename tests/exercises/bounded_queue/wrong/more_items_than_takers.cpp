// Takes an item if there are more of them than tasks that wait for one.

#include "chapters/03_coroutine_task/exercises/bounded_queue.hpp"

#include <utility>

namespace exercises {

ch03::Coroutine<> BoundedQueue::put(std::string item) {
  if (!putters_.empty() || items_.size() >= room_) co_await wait_in(putters_);
  items_.push_back(std::move(item));
  wake_up();
}

ch03::Coroutine<std::string> BoundedQueue::get() {
  if (items_.size() <= getters_.size()) co_await wait_in(getters_);
  std::string item = std::move(items_.front());
  items_.pop_front();
  wake_up();
  co_return item;
}

ch03::Coroutine<> BoundedQueue::wait_in(std::deque<ch03::Future<>>& line) {
  const auto turn = ch03::get_running_loop().create_future<>();
  line.push_back(turn);
  try {
    co_await turn;
  } catch (const ch03::CancelledError&) {
    std::erase(line, turn);
    wake_up();  // in case it was our turn
    throw;
  }
  std::erase(line, turn);
}

void BoundedQueue::wake_up() {
  const auto wake_first = [](const std::deque<ch03::Future<>>& line) {
    if (!line.empty() && !line.front().done()) line.front().set_result();
  };
  if (!items_.empty()) wake_first(getters_);
  if (items_.size() < room_) wake_first(putters_);
}

}  // namespace exercises
