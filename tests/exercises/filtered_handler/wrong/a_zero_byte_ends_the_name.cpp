// Takes the name for a C string, which ends at the first zero byte.

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
  const char* const name = record.name.c_str();
  if (record.level < least_ || !is_in_subtree(name, name_)) return;
  if (record.level >= target_->level()) target_->handle(record);
}

}  // namespace exercises
