// The report has the time of the last record that waited.

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
  ch04::LogRecord report;
  for (; count > 0 && !waiting_.empty(); --count) {
    const ch04::LogRecord record = std::move(waiting_.front());
    waiting_.pop_front();
    report.created = record.created;
    target_->handle(record);
  }
  if (lost_ == 0 || !waiting_.empty()) return;
  report.name = "log_queue";
  report.level = ch04::WARNING;
  report.message = fmt::format("records lost: {}", lost_);
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
