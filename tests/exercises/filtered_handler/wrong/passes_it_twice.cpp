// Passes each record on as often as it finds a reason.

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
  if (record.level < least_ || !is_in_subtree(record.name, name_)) return;
  if (record.level >= target_->level()) {
    target_->handle(record);
    target_->handle(record);
  }
}

}  // namespace exercises
