// Logs the losses, so that the report goes through the queue again.

#include "chapters/04_logging/exercises/log_queue.hpp"

#include <algorithm>
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
  const std::size_t lost = std::exchange(lost_, 0);
  ch04::get_logger("log_queue").warning("records lost: {}", lost);
}

void QueueHandler::close() {
  closed_ = true;
  if (callback_) callback_->cancel();
  callback_ = nullptr;
  write(waiting_.size());
}

}  // namespace exercises
