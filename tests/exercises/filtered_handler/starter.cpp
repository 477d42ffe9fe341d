// Exercise filtered_handler (chapter 4): listen to one part of a program.
//
//   ./workbook check filtered_handler    judges this file
//   ./workbook hint filtered_handler     says a little more, each time
//
// In use:
//
//   const auto screen = std::make_shared<ch04::StreamHandler>(stdout);
//   ch04::get_logger().add_handler(std::make_shared<exercises::SubtreeHandler>(
//       "kitchen", ch04::WARNING, screen));
//   ch04::get_logger("kitchen.grinder").error("stuck");    goes to the screen
//   ch04::get_logger("garage").error("no tyres left");     does not

#include "chapters/04_logging/exercises/filtered_handler.hpp"

namespace exercises {

void SubtreeHandler::emit([[maybe_unused]] const ch04::LogRecord& record) {
  // TODO: compare record.name with name_ and record.level with least_, and give
  // the record to target_->handle() if it belongs there. Then the first case
  // shows what the subtree has said.
}

}  // namespace exercises
