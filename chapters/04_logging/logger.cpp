#include "chapters/04_logging/logger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>

#include "chapters/04_logging/lock.hpp"
#include "chapters/04_logging/logging_error.hpp"
#include "common/output.hpp"
#include "common/place.hpp"

namespace ch04 {

namespace {

constexpr std::string_view kRoot = "root";

std::string_view view(fmt::string_view text) {
  return {text.data(), text.size()};
}

// If it cannot, the record's message stays as it was written.
void compose(LogRecord& record, const ErasedMessage& message) {
  try {
    record.message = fmt::vformat(message.format, message.arguments);
  } catch (...) {
    report_logging_error(std::current_exception(), record);
  }
}

}  // namespace

// All loggers. The module's lock guards what connects them.  logging.Manager
class Manager {
 public:
  // Made early, before there are threads that could fork in between, and never
  // destroyed: destructors of static objects may log.
  static Manager& instance() {
    static auto* const manager = new Manager;
    return *manager;
  }

  Logger& root() { return root_; }

  Logger& get(std::string_view name) {
    if (name.empty() || name == kRoot) return root_;
    const std::lock_guard lock(module_lock());
    if (const auto found = loggers_.find(name); found != loggers_.end()) {
      return *found->second;
    }
    const std::string prefix = std::string(name) + ".";
    std::unique_ptr<Logger> made(new Logger(std::string(name)));
    Logger& logger = *loggers_.emplace(name, std::move(made)).first->second;
    logger.parent_ = &nearest_ancestor(name);
    adopt_descendants(logger, prefix);
    update(logger);
    return logger;
  }

  void set_level(Logger& logger, int level) {
    const std::lock_guard lock(module_lock());
    logger.level_ = level;
    update_all();
  }

  void disable(int level) {
    const std::lock_guard lock(module_lock());
    disabled_ = level;
    update_all();
  }

  int effective_level(const Logger& logger) {
    const std::lock_guard lock(module_lock());
    return effective_level_locked(logger);
  }

  Logger* parent(const Logger& logger) {
    const std::lock_guard lock(module_lock());
    return logger.parent_;
  }

  void add_handler(Logger& logger, std::shared_ptr<Handler> handler) {
    const std::lock_guard lock(module_lock());
    auto& handlers = logger.handlers_;
    if (std::find(handlers.begin(), handlers.end(), handler) ==
        handlers.end()) {
      handlers.push_back(std::move(handler));
    }
  }

  // The caller's reference outlives the lock, so no destructor runs under it.
  void remove_handler(Logger& logger, const std::shared_ptr<Handler>& handler) {
    const std::lock_guard lock(module_lock());
    std::erase(logger.handlers_, handler);
  }

  std::vector<std::shared_ptr<Handler>> handlers(const Logger& logger) {
    const std::lock_guard lock(module_lock());
    return logger.handlers_;
  }

  // #region all_handlers
  // This logger's handlers and its ancestors', as far as records propagate.
  std::vector<std::shared_ptr<Handler>> all_handlers(const Logger& logger) {
    std::vector<std::shared_ptr<Handler>> all;
    const std::lock_guard lock(module_lock());
    for (const Logger* at = &logger; at; at = at->parent_) {
      all.insert(all.end(), at->handlers_.begin(), at->handlers_.end());
      if (!at->propagate_) break;
    }
    return all;
  }
  // #endregion all_handlers

  bool has_handlers(const Logger& logger) {
    const std::lock_guard lock(module_lock());
    const Logger* at = &logger;
    while (at && at->handlers_.empty()) {
      at = at->propagate_ ? at->parent_ : nullptr;
    }
    return at != nullptr;
  }

  // True once.
  bool first_without_handlers() {
    const std::lock_guard lock(module_lock());
    return !std::exchange(no_handlers_reported_, true);
  }

  void configure(Logger& logger, const std::shared_ptr<Handler>& handler,
                 std::optional<Level> level, bool force) {
    std::vector<std::shared_ptr<Handler>> handlers(1, handler);
    const std::lock_guard lock(module_lock());
    if (!logger.handlers_.empty() && !force) return;
    logger.handlers_.swap(handlers);  // the old ones go without the lock
    if (level) logger.level_ = *level;
    update_all();
  }

  void reset() {
    std::vector<Logger*> all{&root_};
    std::vector<std::shared_ptr<Handler>> removed;  // outlives the lock
    {
      const std::lock_guard lock(module_lock());
      for (const auto& [name, logger] : loggers_) all.push_back(logger.get());
      for (Logger* const logger : all) {
        for (auto& handler : logger->handlers_) removed.push_back(handler);
        logger->handlers_.clear();
        logger->level_ = NOTSET;
        logger->propagate_ = true;
      }
      root_.level_ = WARNING;
      disabled_ = NOTSET;
      no_handlers_reported_ = false;
      update_all();
    }
    for (Logger* const logger : all) logger->clear_filters();
  }

 private:
  Manager() {
    root_.level_ = WARNING;
    update(root_);
  }

  // #region nearest_ancestor
  Logger& nearest_ancestor(std::string_view name) {
    for (auto dot = name.rfind('.'); dot != std::string_view::npos;
         dot = name.rfind('.')) {
      name = name.substr(0, dot);
      const auto found = loggers_.find(name);
      if (found != loggers_.end()) return *found->second;
    }
    return root_;
  }
  // #endregion nearest_ancestor

  // A logger that comes between two others: "a.b" when "a" and "a.b.c" exist.
  void adopt_descendants(Logger& logger, const std::string& prefix) {
    for (auto at = loggers_.lower_bound(prefix);
         at != loggers_.end() && at->first.starts_with(prefix); ++at) {
      Logger& descendant = *at->second;
      if (descendant.parent_ == logger.parent_) descendant.parent_ = &logger;
    }
  }

  // #region effective_level
  static int effective_level_locked(const Logger& logger) {
    for (const Logger* at = &logger; at; at = at->parent_) {
      if (const int level = at->level_; level != NOTSET) return level;
    }
    return NOTSET;
  }
  // #endregion effective_level

  // #region threshold
  void update(Logger& logger) const {
    constexpr int kMost = std::numeric_limits<int>::max();
    logger.threshold_ = std::max(effective_level_locked(logger),
                                 disabled_ == kMost ? kMost : disabled_ + 1);
  }
  // #endregion threshold

  void update_all() {
    update(root_);
    for (const auto& [name, logger] : loggers_) update(*logger);
  }

  Logger root_{std::string(kRoot)};
  std::map<std::string, std::unique_ptr<Logger>, std::less<>> loggers_;
  int disabled_ = NOTSET;
  bool no_handlers_reported_ = false;
};

namespace {

[[maybe_unused]] const Manager& made_early = Manager::instance();

constinit std::atomic<LogListener> log_listener = nullptr;

}  // namespace

Logger::Logger(std::string name)
    : name_(std::move(name)), threshold_(NOTSET), level_(NOTSET) {}

void Logger::set_level(Level level) {
  Manager::instance().set_level(*this, level);
}

int Logger::get_effective_level() const {
  return Manager::instance().effective_level(*this);
}

Logger* Logger::parent() const { return Manager::instance().parent(*this); }

void Logger::add_handler(std::shared_ptr<Handler> handler) {
  if (!handler) throw std::invalid_argument("a handler is needed, got nullptr");
  Manager::instance().add_handler(*this, std::move(handler));
}

void Logger::remove_handler(const std::shared_ptr<Handler>& handler) {
  Manager::instance().remove_handler(*this, handler);
}

std::vector<std::shared_ptr<Handler>> Logger::handlers() const {
  return Manager::instance().handlers(*this);
}

bool Logger::has_handlers() const {
  return Manager::instance().has_handlers(*this);
}

std::string Logger::repr() const {
  return fmt::format("<{} {} ({})>",
                     this == &get_logger() ? "RootLogger" : "Logger", name_,
                     get_level_name(get_effective_level()));
}

void Logger::configure(const std::shared_ptr<Handler>& handler,
                       std::optional<Level> level, bool force) {
  Manager::instance().configure(*this, handler, level, force);
}

void Logger::log_text(int level, std::string_view text,
                      const std::exception_ptr& exc_info,
                      std::source_location place) noexcept {
  if (!is_enabled_for(level)) return;
  write(level, given(exc_info),
        ErasedMessage{.format = {text.data(), text.size()},
                      .place = place,
                      .is_text = true});
}

void Logger::write(int level, const ExcInfo& exc_info,
                   const ErasedMessage& message) noexcept {
  const NestedCall call(NestedCall::Kind::record);
  LogRecord record{.level = level, .place = message.place};
  const RawMessage raw(record, message);
  try {
    call.check();
    record.name = name_;
    record.created = std::chrono::system_clock::now();
    record.thread_name = common::thread_name();
    record.exc_info = exc_info;
    record.message = view(message.format);
    if (!message.is_text) compose(record, message);
    pass(record);
  } catch (...) {
    report_logging_error(std::current_exception(), record);
  }
}

void Logger::write_raw(int level, const ExcInfo& exc_info,
                       const ErasedMessage& message) noexcept {
  report_logging_error(std::current_exception(), message.place,
                       view(message.format));
  write(level, exc_info, message);
}

void Logger::handle(const LogRecord& record) noexcept {
  const NestedCall call(NestedCall::Kind::record);
  try {
    call.check();
    pass(record);
  } catch (...) {
    report_logging_error(std::current_exception(), record);
  }
}

void Logger::pass(const LogRecord& record) {
  if (!filter(record)) return;
  if (const LogListener listener = log_listener) {
    try {
      listener(record);
    } catch (...) {
      report_logging_error(std::current_exception(), record);
    }
  }
  call_handlers(record);
}

// #region call_handlers
void Logger::call_handlers(const LogRecord& record) {
  const auto handlers = Manager::instance().all_handlers(*this);
  for (const auto& handler : handlers) {
    if (record.level >= handler->level()) handler->handle(record);
  }
  if (!handlers.empty()) return;
  if (const auto last = last_resort()) {
    if (record.level >= last->level()) last->handle(record);
  } else if (raise_exceptions && Manager::instance().first_without_handlers()) {
    common::write_error(
        fmt::format("No handlers could be found for logger \"{}\"\n", name_));
  }
}
// #endregion call_handlers

Logger& get_logger(std::string_view name) {
  Manager& manager = Manager::instance();
  return manager.get(name);
}

void set_log_listener(LogListener listener) noexcept {
  log_listener = listener;
}

void disable(Level level) { Manager::instance().disable(level); }

void reset_logging() {
  Manager::instance().reset();
  raise_exceptions = true;
  set_last_resort(default_last_resort());
}

}  // namespace ch04
