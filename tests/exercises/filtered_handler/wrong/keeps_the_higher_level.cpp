// Raises its own level to the target's, and keeps it when that one sinks again.

#include "chapters/04_logging/exercises/filtered_handler.hpp"

#include <string_view>

namespace exercises {

namespace {

bool is_in_subtree(std::string_view name, std::string_view top) {
  if (top.empty()) return true;
  if (!name.starts_with(top)) return false;
  return name.size() == top.size() || name[top.size()] == '.';
}

}  // namespace

void SubtreeHandler::emit(const ch04::LogRecord& record) {
  if (least_ < target_->level()) least_ = target_->level();
  if (record.level < least_ || !is_in_subtree(record.name, name_)) return;
  target_->handle(record);
}

}  // namespace exercises
