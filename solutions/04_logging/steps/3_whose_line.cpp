// Step 3, done: whose line is it?
#include <fmt/format.h>

#include <functional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "common/place.hpp"

using Place = std::source_location;

enum Level { NOTSET = 0, DEBUG = 10, INFO = 20, WARNING = 30 };

// #region record
struct Record {
  std::string name;  // of the logger
  Place where;       // of the call
  std::string message;
};
using Handler = std::function<void(const Record&)>;
// #endregion record

// #region message
struct Message {
  Message(const char* what, Place here = Place::current())
      : text(what), where(here) {}
  const char* text;
  Place where;
};
// #endregion message

// #region logger
class Logger {
 public:
  Logger(std::string name, const Logger* parent = nullptr)
      : name_(std::move(name)), parent_(parent) {}

  void set_level(int level) { level_ = level; }
  void add_handler(Handler handler) { handlers_.push_back(std::move(handler)); }

  // #region log
  template <class... Args>
  void log(int level, const Message& said, const Args&... args) const {
    if (level < effective_level()) return;
    pass({name_, said.where, fmt::format(fmt::runtime(said.text), args...)});
  }
  // #endregion log

 private:
  // #region walks
  int effective_level() const {
    return level_ == NOTSET && parent_ ? parent_->effective_level() : level_;
  }
  void pass(const Record& record) const {
    for (const Handler& hear : handlers_) hear(record);
    if (parent_) parent_->pass(record);
  }
  // #endregion walks

  std::string name_;
  const Logger* parent_;  // the root has none
  int level_ = NOTSET;
  std::vector<Handler> handlers_;
};
// #endregion logger

// #region main
Logger kitchen("kitchen");

// #region callers
void brew(int spoons) { kitchen.log(INFO, "{} spoons of coffee", spoons); }
void clean_up() { kitchen.log(WARNING, "no soap left"); }
// #endregion callers

int main() {
  kitchen.add_handler([](const Record& heard) {
    fmt::print("{}(): {}\n", common::function_name(heard.where), heard.message);
  });
  brew(2);
  clean_up();
}
// #endregion main
