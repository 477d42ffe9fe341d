// Loggers: each has a name, and the names make a tree.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "chapters/04_logging/handler.hpp"
#include "chapters/04_logging/log_record.hpp"
#include "common/message.hpp"
#include "common/switch.hpp"
#include "common/text.hpp"

namespace ch04 {

using common::Message;
struct BasicConfig;

// Messages are fmt's: logger.info("{} of {} done", done, all). A call below the
// logger's level costs a comparison; its arguments are not formatted. A call
// that logs never throws, whatever formatters, filters and handlers do: their
// exceptions are reported (logging_error.hpp), and the text is still logged as
// well as possible. Any thread may call anything at any time, even while static
// objects are destroyed, since loggers never are.  logging.Logger
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
  // Logs an ERROR together with the exception that is being handled.
  template <class... Args>
  void exception(Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(ERROR)) return;
    write(ERROR, std::current_exception(), message, args...);
  }
  // #region log_call
  // Logs at any level that you choose.
  template <class... Args>
  void log(int level, Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(level)) return;
    write(level, {}, message, args...);
  }
  // #endregion log_call
  // Logs a finished text, in which { and } mean nothing, and the exception,
  // unless exc_info is empty.
  void log_text(
      int level, common::Text text,
      const std::exception_ptr& exc_info = nullptr,
      std::source_location place = std::source_location::current()) noexcept;

  // #region is_enabled_for
  // Would a record of this level go out?  logging.Logger.isEnabledFor
  bool is_enabled_for(int level) const noexcept {
    return level >= threshold_.load(std::memory_order_relaxed);
  }
  // #endregion is_enabled_for
  // The lowest level that this logger logs. NOTSET: it takes the level of the
  // nearest ancestor that has one.
  void set_level(Level level);

  const std::string& name() const noexcept { return name_; }

  // Records go to this logger's handlers and to those of all ancestors, up to
  // a logger that does not propagate. Adding a handler again, or removing one
  // that is not there, does nothing.  Throws std::invalid_argument for nullptr.
  void add_handler(std::shared_ptr<Handler> handler);
  void remove_handler(const std::shared_ptr<Handler>& handler);
  void set_propagate(common::Switch propagate);

 private:
  friend class Manager;
  friend void basic_config(const BasicConfig& config);
  using ExcInfo = std::optional<std::exception_ptr>;

  explicit Logger(std::string name) : name_(std::move(name)) {}

  // Arguments lose their types here, so the code it calls is compiled once.
  template <class Checked, class... Args>
  void write(int level, const ExcInfo& exc_info, const Checked& message,
             Args&... args) noexcept {
    try {
      write_record(level, exc_info, message.place, message.format,
                   fmt::make_format_args(args...));
    } catch (...) {  // an argument's format_as(): fmt calls it here
      write_raw(level, exc_info, message.place, message.format);
    }
  }
  // Without arguments, the text is logged as it is.
  void write_record(int level, const ExcInfo& exc_info,
                    const std::source_location& place, fmt::string_view text,
                    std::optional<fmt::format_args> arguments = {}) noexcept;
  void write_raw(int level, const ExcInfo& exc_info,
                 const std::source_location& place,
                 fmt::string_view text) noexcept;
  void pass(const LogRecord& record);
  void call_handlers(const LogRecord& record);
  bool has_handlers() const;
  // Sets handler and level in one step, so that two threads do not add two
  // handlers. Does nothing if there is a handler, unless `force` is true.
  void configure(std::shared_ptr<Handler> handler, std::optional<Level> level,
                 bool force);

  const std::string name_;
  // The lowest level that is logged; every change that affects it updates it.
  std::atomic<int> threshold_ = NOTSET;
  // common::fork_lock() guards these.
  int level_ = NOTSET;
  bool propagate_ = true;
  Logger* parent_ = nullptr;
  std::vector<std::shared_ptr<Handler>> handlers_;
};

// The logger with this name, always the same one: "app.db" is a child of "app"
// if that exists, or becomes one once it does. "" and "root" name the root of
// the tree, which starts at WARNING. A record that finds no handler goes to
// standard error as a bare message, if its level is at least WARNING.
// logging.getLogger, logging.lastResort
Logger& get_logger(common::Text name = "");

// Hears every record that a logger lets through, before the handlers do. A
// handler in its place would change what it hears, because basic_config() and
// the last resort look for handlers, and would miss loggers that do not
// propagate. nullptr removes it.
using LogListener = void (*)(const LogRecord& record);
void set_log_listener(LogListener listener) noexcept;

// Restores the state at the start of a program: no handlers, no filters, and
// only the root has a level. Loggers stay. For tests; Python has no equivalent.
void reset_logging();

}  // namespace ch04
