// strncmp() stops at a zero byte: what comes behind it in the name may differ.

#include "chapters/04_logging/exercises/filtered_handler.hpp"

#include <cstring>

namespace exercises {

void SubtreeHandler::emit(const ch04::LogRecord& record) {
  if (record.level < least_ || record.level < target_->level()) return;
  if (!name_.empty()) {
    const std::string& name = record.name;
    if (name.size() < name_.size()) return;
    if (std::strncmp(name.c_str(), name_.c_str(), name_.size()) != 0) return;
    if (name.size() > name_.size() && name[name_.size()] != '.') return;
  }
  target_->handle(record);
}

}  // namespace exercises
