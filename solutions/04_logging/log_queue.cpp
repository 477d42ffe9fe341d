// Exercise log_queue (chapter 4), solved.
//
// A record leaves the queue before the target gets it, because the target may
// itself log: then waiting_ changes in the middle of a batch. For the same
// reason the size of a batch is fixed before its first record, or a talkative
// target would keep the loop busy without end. And it may close() the handler:
// then a batch has fewer records than it began with.
//
// Nothing is lost silently: records without room are counted, and reported when
// the queue has run empty, after the records that did find room.
//
// Another way: let a separate thread write, as Python's QueueListener does.
// Then a slow disk does not hold up the loop at all, at the price of a lock for
// each record, and of a shutdown that has to wait for the thread.

#include "chapters/04_logging/exercises/log_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace exercises {

void QueueHandler::emit(const ch04::LogRecord& record) {
  if (closed_) return target_->handle(record);
  if (waiting_.size() >= room_) {
    ++lost_;
    return;
  }
  waiting_.push_back(record);
  schedule();
}

void QueueHandler::schedule() {
  if (callback_ || waiting_.empty()) return;
  callback_ = loop_.call_soon([this] {
    callback_ = nullptr;
    write(std::min(batch_, waiting_.size()));
    schedule();
  });
}

void QueueHandler::write(std::size_t count) {
  for (; count > 0 && !waiting_.empty(); --count) {
    const ch04::LogRecord record = std::move(waiting_.front());
    waiting_.pop_front();
    target_->handle(record);
  }
  if (lost_ == 0 || !waiting_.empty()) return;
  ch04::LogRecord report;
  report.name = "log_queue";
  report.level = ch04::WARNING;
  report.message = fmt::format("records lost: {}", lost_);
  report.created = std::chrono::system_clock::now();
  lost_ = 0;
  target_->handle(report);
}

void QueueHandler::close() {
  closed_ = true;
  if (callback_) callback_->cancel();
  callback_ = nullptr;
  write(waiting_.size());
}

}  // namespace exercises
