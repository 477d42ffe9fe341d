// Step 3: whose line is it?
//
//   ./workbook check 4.3    compares what it prints with 3_whose_line.txt
//   ./workbook hint 4.3     says a little more, each time
#include <fmt/format.h>

#include <functional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "common/place.hpp"

using Place = std::source_location;

enum Level { NOTSET = 0, DEBUG = 10, INFO = 20, WARNING = 30 };

struct Record {
  std::string name;  // of the logger
  Place where;       // of the call
  std::string message;
};
using Handler = std::function<void(const Record&)>;

// TODO: a struct Message, made of a text, that knows where it was made.

class Logger {
 public:
  Logger(std::string name, const Logger* parent = nullptr)
      : name_(std::move(name)), parent_(parent) {}

  void set_level(int level) { level_ = level; }
  void add_handler(Handler handler) { handlers_.push_back(std::move(handler)); }

  // TODO: take a Message instead of the text, and hand on its place.
  template <class... Args>
  void log(int level, fmt::format_string<Args...> text, Args&&... args) const {
    if (level < effective_level()) return;
    const Place here = Place::current();
    pass({name_, here, fmt::format(text, std::forward<Args>(args)...)});
  }

 private:
  int effective_level() const {
    return level_ == NOTSET && parent_ ? parent_->effective_level() : level_;
  }
  void pass(const Record& record) const {
    for (const Handler& hear : handlers_) hear(record);
    if (parent_) parent_->pass(record);
  }

  std::string name_;
  const Logger* parent_;  // the root has none
  int level_ = NOTSET;
  std::vector<Handler> handlers_;
};

Logger kitchen("kitchen");

void brew(int spoons) { kitchen.log(INFO, "{} spoons of coffee", spoons); }
void clean_up() { kitchen.log(WARNING, "no soap left"); }

int main() {
  kitchen.add_handler([](const Record& heard) {
    fmt::print("{}(): {}\n", common::function_name(heard.where), heard.message);
  });
  brew(2);
  clean_up();
}
