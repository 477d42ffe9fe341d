// BoundedQueue: a queue between tasks that has an end to its patience.
// This file is the contract: do not edit it. Yours is bounded_queue.cpp.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace exercises {

// Tasks of one loop put items in at one end, and others take them out at the
// other, in the order in which they were put. There are never more items in it
// than it has room for: a task that is too fast has to wait. As asyncio.Queue,
// but stricter about who goes first.
//
// A task that waits is served before those that come later, even if they come
// while it has been woken and did not yet run. It is woken when it can go on,
// and does not look again and again. A put() or get() that need not wait does
// not suspend its task.
//
// Tasks that wait may be cancelled, before or after they were woken. A put()
// that throws CancelledError has put nothing, a get() has taken nothing, and
// the next in line goes on instead.
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t room) : room_(room) {}  // one or more

  // You write these two. put() waits while there is no room, get() while there
  // is no item.
  ch03::Coroutine<> put(std::string item);
  ch03::Coroutine<std::string> get();

  std::size_t size() const { return items_.size(); }

 protected:
  // Nothing else calls these. Write them if you find them useful.
  ch03::Coroutine<> wait_in(std::deque<ch03::Future<>>& line);
  void wake_up();  // the first of each line, if it can go on now

  std::size_t room_;
  std::deque<std::string> items_;       // oldest first
  std::deque<ch03::Future<>> putters_;  // one for each put() that waits
  std::deque<ch03::Future<>> getters_;  // and one for each get()
};

}  // namespace exercises
