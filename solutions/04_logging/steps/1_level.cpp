// Step 1, done: say nothing, and format nothing, below a level.
#include <fmt/format.h>

#include <string>
#include <utility>

enum Level { DEBUG = 10, INFO = 20, WARNING = 30 };

// #region name_of
std::string name_of(int level) {
  switch (level) {
    case DEBUG:
      return "DEBUG";
    case INFO:
      return "INFO";
    case WARNING:
      return "WARNING";
    default:
      return fmt::format("Level {}", level);
  }
}
// #endregion name_of

// #region logger
class Logger {
 public:
  void set_level(int level) { level_ = level; }

  // #region log
  // #region signature
  template <class... Args>
  void log(int level, fmt::format_string<Args...> text, Args&&... args) {
    // #endregion signature
    if (level < level_) return;
    const std::string message = fmt::format(text, std::forward<Args>(args)...);
    fmt::print("{}: {}\n", name_of(level), message);
  }
  // #endregion log

 private:
  int level_ = INFO;  // what is less urgent is not said
};
// #endregion logger

// #region beans
struct Beans {
  int how_many;
};

// How fmt writes beans: {} calls format().
template <>
struct fmt::formatter<Beans> : fmt::formatter<std::string> {
  auto format(const Beans& beans, format_context& context) const {
    fmt::print("(all beans are counted)\n");
    const std::string text = fmt::format("{} beans", beans.how_many);
    return fmt::formatter<std::string>::format(text, context);
  }
};
// #endregion beans

// #region main
int main() {
  Logger log;
  const Beans beans{1200};
  log.log(DEBUG, "{} in the grinder", beans);
  log.log(INFO, "the water boils");
  log.log(WARNING, "milk for {} cups", 2);
  log.set_level(DEBUG);
  log.log(DEBUG, "{} in the grinder", beans);
  log.log(25, "the filter is {} days old", 9);
}
// #endregion main
