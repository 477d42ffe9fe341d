// SubtreeHandler: a log handler that listens to one part of a program.
// This file is the contract: do not edit it. Yours is filtered_handler.cpp.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "chapters/04_logging/handler.hpp"

namespace exercises {

// Comes before another log handler, the target, and passes on to it what the
// logger of that name and its descendants say, from that level on, each record
// as it came. "kitchen" means "kitchen" and "kitchen.grinder", but neither
// "kitchenette" nor "Kitchen": a name is no pattern, whatever is in it. The
// name "" means the root logger, and so all loggers; its other name, "root", is
// not used here.
//
// The target's own level counts too, as if it hung on a logger itself: see
// Logger::call_handlers. The level is asked for each record, for it may change,
// and the target stays as it is.
class SubtreeHandler : public ch04::Handler {
 public:
  SubtreeHandler(std::string name, ch04::Level least,
                 std::shared_ptr<ch04::Handler> target)
      : name_(std::move(name)), least_(least), target_(std::move(target)) {}

 protected:
  // You write this. It is called for every record that comes to this handler.
  void emit(const ch04::LogRecord& record) override;

  std::string name_;
  ch04::Level least_;
  std::shared_ptr<ch04::Handler> target_;  // never nullptr
};

}  // namespace exercises
