#include "chapters/04_logging/logger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "chapters/04_logging/logging_error.hpp"
#include "common/fork_lock.hpp"
#include "common/nested_call.hpp"
#include "common/place.hpp"

namespace ch04 {

using Handlers = std::vector<std::shared_ptr<Handler>>;

// All loggers. fork_lock() guards the links between them; the caller of any
// function of this class holds it, except for all_handlers().  logging.Manager
class Manager {
 public:
  // Made early, before other threads could fork in the middle of it, and never
  // destroyed: destructors of static objects may log.
  static Manager& instance() {
    static auto* const manager = new Manager;
    return *manager;
  }

  Logger& get(std::string_view name) {
    if (name.empty() || name == root_.name_) return root_;
    const auto found = loggers_.find(name);
    if (found != loggers_.end()) return *found->second;
    const std::string prefix = std::string(name) + ".";
    std::unique_ptr<Logger> made(new Logger(std::string(name)));
    Logger& logger = *loggers_.emplace(name, std::move(made)).first->second;
    logger.parent_ = &nearest_ancestor(name);
    // It may come between two others: "a.b" when "a" and "a.b.c" exist.
    for (auto at = loggers_.lower_bound(prefix);
         at != loggers_.end() && at->first.starts_with(prefix); ++at) {
      Logger& descendant = *at->second;
      if (descendant.parent_ == logger.parent_) descendant.parent_ = &logger;
    }
    update(logger);
    return logger;
  }

  // #region all_handlers
  // This logger's handlers and its ancestors', as far as records propagate.
  static std::vector<std::shared_ptr<Handler>> all_handlers(
      const Logger& logger) {
    std::vector<std::shared_ptr<Handler>> all;
    const std::lock_guard lock(common::fork_lock());
    for (const Logger* at = &logger; at; at = at->parent_) {
      all.insert(all.end(), at->handlers_.begin(), at->handlers_.end());
      if (!at->propagate_) break;
    }
    return all;
  }
  // #endregion all_handlers

  void update_all() {
    each([](Logger& logger) { update(logger); });
  }

  // The result must outlive the lock.
  std::vector<std::shared_ptr<const void>> reset() {
    std::vector<std::shared_ptr<const void>> removed;
    each([&](Logger& logger) {
      for (auto& handler : logger.handlers_) removed.push_back(handler);
      for (auto& filter : logger.filters_) removed.push_back(filter);
      logger.handlers_.clear();
      logger.filters_.clear();
      logger.level_ = &logger == &root_ ? WARNING : NOTSET;
      logger.propagate_ = true;
    });
    update_all();
    return removed;
  }

  template <class Function>
  void each(Function function) {
    function(root_);
    for (const auto& [name, logger] : loggers_) function(*logger);
  }

  const std::shared_ptr<Handler> last_resort =
      std::make_shared<StreamHandler>(stderr);

 private:
  Manager() {
    last_resort->set_level(WARNING);
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

  // #region effective_level
  static int effective_level(const Logger& logger) {
    for (const Logger* at = &logger; at; at = at->parent_) {
      if (const int level = at->level_; level != NOTSET) return level;
    }
    return NOTSET;
  }
  // #endregion effective_level

  static void update(Logger& logger) {
    // No record is of level NOTSET.
    logger.threshold_ = std::max(effective_level(logger), NOTSET + 1);
  }

  Logger root_{"root"};
  std::map<std::string, std::unique_ptr<Logger>, std::less<>> loggers_;
};

namespace {

[[maybe_unused]] const Manager& made_early = Manager::instance();

constinit std::atomic<LogListener> log_listener = nullptr;

}  // namespace

void Logger::set_level(Level level) {
  const std::lock_guard lock(common::fork_lock());
  level_ = level;
  Manager::instance().update_all();
}

void Logger::add_handler(std::shared_ptr<Handler> handler) {
  if (!handler) throw std::invalid_argument("a handler is needed, got nullptr");
  const std::lock_guard lock(common::fork_lock());
  const auto end = handlers_.end();
  if (std::find(handlers_.begin(), end, handler) == end) {
    handlers_.push_back(std::move(handler));
  }
}

// The caller's reference outlives the lock, so no destructor runs under it.
void Logger::remove_handler(const std::shared_ptr<Handler>& handler) {
  const std::lock_guard lock(common::fork_lock());
  std::erase(handlers_, handler);
}

void Logger::set_propagate(common::Switch propagate) {
  const std::lock_guard lock(common::fork_lock());
  propagate_ = propagate;
}

bool Logger::has_handlers() const {
  const std::lock_guard lock(common::fork_lock());
  return !handlers_.empty();
}

void Logger::configure(std::shared_ptr<Handler> handler,
                       std::optional<Level> level, bool force) {
  Handlers handlers{std::move(handler)};
  const std::lock_guard lock(common::fork_lock());
  if (!handlers_.empty() && !force) return;
  handlers_.swap(handlers);  // the old ones outlive the lock
  if (level) level_ = *level;
  Manager::instance().update_all();
}

void Logger::log_text(int level, common::Text text,
                      const std::exception_ptr& exc_info,
                      std::source_location place) noexcept {
  if (!is_enabled_for(level)) return;
  write_record(level, exc_info ? ExcInfo(exc_info) : std::nullopt, place,
               {text.data(), text.size()});
}

void Logger::write_record(int level, const ExcInfo& exc_info,
                          const std::source_location& place,
                          fmt::string_view text,
                          std::optional<fmt::format_args> arguments) noexcept {
  const common::NestedCall<LogRecord> call;
  LogRecord record{.level = level, .place = place};
  try {
    record.message.assign(text.data(), text.size());
    if (call.refused()) throw std::runtime_error(kTooDeep);
    record.name = name_;
    record.created = std::chrono::system_clock::now();
    record.thread_name = common::thread_name();
    record.exc_info = exc_info;
    try {
      if (arguments) record.message = fmt::vformat(text, *arguments);
    } catch (...) {  // the message keeps its {}
      report_logging_error(std::current_exception(), record);
    }
    pass(record);
  } catch (...) {
    report_logging_error(std::current_exception(), record);
  }
}

void Logger::write_raw(int level, const ExcInfo& exc_info,
                       const std::source_location& place,
                       fmt::string_view text) noexcept {
  report_logging_error(std::current_exception(), place,
                       {text.data(), text.size()});
  write_record(level, exc_info, place, text);
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
  auto handlers = Manager::all_handlers(*this);
  if (handlers.empty()) handlers.push_back(Manager::instance().last_resort);
  for (const auto& handler : handlers) {
    if (record.level >= handler->level()) handler->handle(record);
  }
}
// #endregion call_handlers

Logger& get_logger(common::Text name) {
  const std::lock_guard lock(common::fork_lock());
  return Manager::instance().get(name);
}

void set_log_listener(LogListener listener) noexcept {
  log_listener = listener;
}

void reset_logging() {
  std::vector<std::shared_ptr<const void>> removed;
  const std::lock_guard lock(common::fork_lock());
  removed = Manager::instance().reset();
}

}  // namespace ch04
