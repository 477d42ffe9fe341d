// QueueHandler: a log handler that never lets the one who logs wait.
// This file is the contract: do not edit it. Yours is log_queue.cpp.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include "chapters/04_logging/event_loop.hpp"

namespace exercises {

// A log call in a callback or a step must not wait for a disk. This handler
// keeps records, and a callback of the loop gives them to the target later, in
// the order in which they came, with target_->handle().
//
// One callback (call_soon) is scheduled while records wait, and none otherwise.
// It takes the records that wait when it begins, but at most `batch` of them,
// the oldest. What is left, or is logged meanwhile, waits for the next
// iteration.
//
// While `room` records wait, more are lost, and counted. A batch after which
// none waits is followed by one more record, of the logger "log_queue" and
// level WARNING, with the message "records lost: 3"; counting begins anew then.
//
// Everything happens on the thread of the loop.
class QueueHandler : public ch04::Handler {
 public:
  QueueHandler(ch04::EventLoop& loop, std::shared_ptr<ch04::Handler> target,
               std::size_t room, std::size_t batch)
      : loop_(loop), target_(std::move(target)), room_(room), batch_(batch) {}

  // You write this. The target gets all that waits, at once, and then hears of
  // the losses. No callback is left. From now on records go to the target
  // without delay. To be called before the loop is closed; again: fine.
  void close();

 protected:
  // You write this, too.
  void emit(const ch04::LogRecord& record) override;

  // Nobody else calls these. Write them if you find them useful.
  void schedule();                // the callback, if there shall be one
  void write(std::size_t count);  // the oldest; then maybe the losses

  ch04::EventLoop& loop_;
  std::shared_ptr<ch04::Handler> target_;
  std::size_t room_;                     // one or more
  std::size_t batch_;                    // one or more
  std::deque<ch04::LogRecord> waiting_;  // oldest first
  std::size_t lost_ = 0;
  ch04::Ref<ch04::Handle> callback_;  // nullptr: none is scheduled
  bool closed_ = false;
};

}  // namespace exercises
