// Takes the name for a regular expression.

#include <regex>

#include "chapters/04_logging/exercises/filtered_handler.hpp"

namespace exercises {

void SubtreeHandler::emit(const ch04::LogRecord& record) {
  if (record.level < least_ || record.level < target_->level()) return;
  if (!name_.empty()) {
    const std::regex subtree(name_ + "(\\.[^]*)?");
    if (!std::regex_match(record.name, subtree)) return;
  }
  target_->handle(record);
}

}  // namespace exercises
