// Exercise bounded_queue (chapter 3), solved.
//
// One rule holds it together: if the first task in a line can go on, it has
// been woken, and it stays in the line until it runs. So a newcomer that finds
// a line queues up behind it, and the item or place that the first was woken
// for is still there when it runs: it need not look again.
//
// A task may be cancelled after it was woken. Then its wake-up would be lost,
// while a task behind it waits for that very item. So a task that leaves a line
// without being served calls wake_up() for the next one.
//
// Another way, asyncio.Queue's: the waking task takes the other one out of its
// line, and that one looks again in a `while`. Then a newcomer can be faster,
// and the woken task queues up again, at the end.

#include "chapters/03_coroutine_task/exercises/bounded_queue.hpp"

#include <utility>

namespace exercises {

ch03::Coroutine<> BoundedQueue::put(std::string item) {
  if (!putters_.empty() || items_.size() >= room_) co_await wait_in(putters_);
  items_.push_back(std::move(item));
  wake_up();
}

ch03::Coroutine<std::string> BoundedQueue::get() {
  if (!getters_.empty() || items_.empty()) co_await wait_in(getters_);
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
