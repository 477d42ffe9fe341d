// Closes a queue in which nothing waits without a word: it may be the target
// that closes it, with losses that are still to be told.

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
  const bool was_closed = closed_;
  for (; count > 0 && !waiting_.empty(); --count) {
    const ch04::LogRecord record = std::move(waiting_.front());
    waiting_.pop_front();
    target_->handle(record);
    if (closed_ != was_closed) return;  // close() has done all that is left
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
  if (!waiting_.empty()) write(waiting_.size());
}

}  // namespace exercises
