// Step 2: names make a tree.
//
//   ./workbook check 4.2    compares what it prints with 2_tree.txt
//   ./workbook hint 4.2     says a little more, each time
#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

enum Level { NOTSET = 0, DEBUG = 10, INFO = 20, WARNING = 30 };

struct Record {
  std::string name;  // of the logger
  std::string message;
};
using Handler = std::function<void(const Record&)>;

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
  // TODO: without a level of its own, a logger has its parent's.
  int effective_level() const { return level_; }

  // TODO: those above hear it, too.
  void pass(const Record& record) const {
    for (const Handler& hear : handlers_) hear(record);
  }

  std::string name_;
  [[maybe_unused]] const Logger* parent_;  // the root has none
  int level_ = NOTSET;
  std::vector<Handler> handlers_;
};

Handler listener(const char* who) {
  return [who](const Record& heard) {
    fmt::print("{} hears {}: {}\n", who, heard.name, heard.message);
  };
}

int main() {
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
}
