// Takes the name for a pattern as in a shell, where * means anything.

#include <fnmatch.h>

#include <algorithm>

#include "chapters/04_logging/exercises/filtered_handler.hpp"

namespace exercises {

void SubtreeHandler::emit(const ch04::LogRecord& record) {
  if (record.level < least_ || record.level < target_->level()) return;
  std::string name = record.name;
  std::ranges::replace(name, '\0', ' ');
  const auto matches = [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  };
  if (!name_.empty() && !matches(name_) && !matches(name_ + ".*")) return;
  target_->handle(record);
}

}  // namespace exercises
