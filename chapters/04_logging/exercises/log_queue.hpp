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
// keeps records, and a callback of the loop gives them to the target later, as
// they came and in that order, with target_->handle(), whatever the target's
// level is.
//
// One callback (call_soon) is scheduled while records wait, and none otherwise.
// It takes the records that wait when it begins, but at most `batch` of them,
// the oldest. What is left, or is logged meanwhile, waits for the next
// iteration. A record waits until the target gets it.
//
// While `room` records wait, more are lost, and counted. A batch after which
// none waits is followed by one more record, at once and straight to the
// target, if some were lost: of the logger "log_queue", of level WARNING,
// created now, with the message "records lost: 3". Then counting begins anew:
// what is lost while the target gets that record is the first of the next.
//
// Everything happens on the thread of the loop. The target may log, too.
class QueueHandler : public ch04::Handler {
 public:
  QueueHandler(ch04::EventLoop& loop, std::shared_ptr<ch04::Handler> target,
               std::size_t room, std::size_t batch)
      : loop_(loop), target_(std::move(target)), room_(room), batch_(batch) {}

  // You write this. The target gets all that waits, at once, and then hears of
  // the losses, if there are any. No callback is left. Records that are logged
  // from the call on go to the target without delay. To be called before the
  // loop is closed, by the target, too; again: does nothing.
  void close();

 protected:
  // You write this, too.
  void emit(const ch04::LogRecord& record) override;

  // Nothing else calls these. Write them if you find them useful.
  void schedule();                // the callback, if there has to be one
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
