// Who speaks: loggers have names, and the names make a tree.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chapters/04_logging/handler.hpp"
#include "chapters/04_logging/log_record.hpp"
#include "common/message.hpp"

namespace ch04 {

using common::Message;
struct BasicConfig;

// Messages are fmt's: logger.info("{} of {} done", done, all). A call below the
// logger's level costs a comparison; its arguments are not formatted. A call
// that logs never throws, whatever formatters, filters and handlers do: their
// exceptions are reported (logging_error.hpp), and the text goes out as well as
// it can. Any thread may call anything at any time, also while static objects
// are destroyed, for loggers never are.  logging.Logger
class Logger : public Filterer {
 public:
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  template <class... Args>
  void debug(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(DEBUG, message, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(INFO, message, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(WARNING, message, std::forward<Args>(args)...);
  }
  template <class... Args>
  void error(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(ERROR, message, std::forward<Args>(args)...);
  }
  template <class... Args>
  void critical(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(CRITICAL, message, std::forward<Args>(args)...);
  }
  // An error, and the exception that is being handled.
  template <class... Args>
  void exception(Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(ERROR)) return;
    write(ERROR, std::current_exception(), message, args...);
  }
  // #region log_call
  // With a level of one's own.
  template <class... Args>
  void log(int level, Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(level)) return;
    write(level, {}, message, args...);
  }
  // #endregion log_call
  // A text that is complete: { and } in it mean nothing. With an exception,
  // unless it is empty.
  void log_text(
      int level, std::string_view text,
      const std::exception_ptr& exc_info = nullptr,
      std::source_location place = std::source_location::current()) noexcept;

  // #region is_enabled_for
  // Would a record of this level go out?  logging.Logger.isEnabledFor
  bool is_enabled_for(int level) const noexcept {
    return level >= threshold_.load(std::memory_order_relaxed);
  }
  // #endregion is_enabled_for
  // The level from which on this logger speaks. NOTSET: the nearest ancestor's
  // that has one.
  void set_level(Level level);

  const std::string& name() const noexcept { return name_; }

  // Records go to this logger's handlers and to those of all ancestors, up to
  // a logger that does not propagate. Adding twice is adding once, and removing
  // what is not there is fine.  Throws std::invalid_argument for nullptr.
  void add_handler(std::shared_ptr<Handler> handler);
  void remove_handler(const std::shared_ptr<Handler>& handler);
  void set_propagate(bool propagate);

 private:
  friend class Manager;
  friend void basic_config(const BasicConfig& config);
  using ExcInfo = std::optional<std::exception_ptr>;

  explicit Logger(std::string name) : name_(std::move(name)) {}

  // Arguments lose their types here, so what is behind it is compiled once.
  template <class Checked, class... Args>
  void write(int level, const ExcInfo& exc_info, const Checked& message,
             Args&... args) noexcept {
    try {
      write_record(level, exc_info, message.place, message.format,
                   fmt::make_format_args(args...));
    } catch (...) {  // an argument's format_as(), which fmt calls at once
      write_raw(level, exc_info, message.place, message.format);
    }
  }
  // Without arguments, the text is complete.
  void write_record(int level, const ExcInfo& exc_info,
                    const std::source_location& place, fmt::string_view text,
                    std::optional<fmt::format_args> arguments = {}) noexcept;
  void write_raw(int level, const ExcInfo& exc_info,
                 const std::source_location& place,
                 fmt::string_view text) noexcept;
  void pass(const LogRecord& record);
  void call_handlers(const LogRecord& record);
  bool has_handlers() const;
  // Its handlers and its level, in one step; does nothing if it has handlers
  // and is not forced. Two threads must not add two.
  void configure(std::shared_ptr<Handler> handler, std::optional<Level> level,
                 bool force);

  const std::string name_;
  // The lowest level that is logged, kept up to date by whatever moves it.
  std::atomic<int> threshold_ = NOTSET;
  // common::fork_lock() guards these.
  int level_ = NOTSET;
  bool propagate_ = true;
  Logger* parent_ = nullptr;
  std::vector<std::shared_ptr<Handler>> handlers_;
};

// The logger of a name, the same one for ever: "app.db" is a child of "app" if
// that exists, or will be once it does. "" and "root" are the root of all,
// which starts at WARNING. Where no handler is there for a record, its bare
// message goes to standard error, from WARNING on.
// logging.getLogger, logging.lastResort
Logger& get_logger(std::string_view name = "");

// Hears every record that a logger lets through, before the handlers do. A
// handler would change what it hears, because basic_config() and the last
// resort look for handlers, and would miss loggers that do not propagate.
// nullptr ends it.
using LogListener = void (*)(const LogRecord& record);
void set_log_listener(LogListener listener) noexcept;

// Back to the state of a program's first line: no handlers, no filters, no
// levels but the root's. Loggers that exist stay. For tests; Python has none.
void reset_logging();

}  // namespace ch04
