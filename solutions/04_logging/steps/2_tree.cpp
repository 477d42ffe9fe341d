// Step 2, done: names make a tree.
#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

enum Level { NOTSET = 0, DEBUG = 10, INFO = 20, WARNING = 30 };

// #region record
struct Record {
  std::string name;  // of the logger
  std::string message;
};
using Handler = std::function<void(const Record&)>;
// #endregion record

// #region logger
class Logger {
 public:
  Logger(std::string name, const Logger* parent = nullptr)
      : name_(std::move(name)), parent_(parent) {}

  void set_level(int level) { level_ = level; }
  void add_handler(Handler handler) { handlers_.push_back(std::move(handler)); }

  template <class... Args>
  void log(int level, fmt::format_string<Args...> text, Args&&... args) const {
    if (level < effective_level()) return;
    pass({name_, fmt::format(text, std::forward<Args>(args)...)});
  }

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
  [[maybe_unused]] const Logger* parent_;  // the root has none
  int level_ = NOTSET;
  std::vector<Handler> handlers_;
};
// #endregion logger

// #region main
Handler listener(const char* who) {
  return [who](const Record& heard) {
    fmt::print("{} hears {}: {}\n", who, heard.name, heard.message);
  };
}

int main() {
  // #region house
  Logger root("root");
  Logger door("door", &root);
  Logger kitchen("kitchen", &root);
  Logger grinder("kitchen.grinder", &kitchen);
  root.set_level(WARNING);
  root.add_handler(listener("the guest"));
  kitchen.add_handler(listener("the cook"));
  grinder.set_level(DEBUG);

  kitchen.log(INFO, "the water boils");
  grinder.log(DEBUG, "{} beans left", 1200);
  door.log(WARNING, "it is open");
  // #endregion house
}
// #endregion main
