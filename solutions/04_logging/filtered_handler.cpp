// Exercise filtered_handler (chapter 4), solved.
//
// A name belongs to a subtree if it is the subtree's name, or goes on after it
// with a dot: the dot is part of the question. And handle() asks a handler's
// filters but not its level, because the logger checks that before the call. So
// code that calls handle() in place of a logger has to check it.
//
// Another way: compare name_ + "." with record.name + ".". With a dot at both
// ends, a plain starts_with() is right (except for the root, named "").

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
  if (record.level >= target_->level()) target_->handle(record);
}

}  // namespace exercises
