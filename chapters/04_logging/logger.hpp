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

#include "chapters/04_logging/filterer.hpp"
#include "chapters/04_logging/handler.hpp"
#include "chapters/04_logging/log_record.hpp"
#include "chapters/04_logging/message.hpp"

namespace ch04 {

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

  // #region calls
  template <class... Args>
  void debug(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(DEBUG, message, std::forward<Args>(args)...);
  }
  // #region info
  template <class... Args>
  void info(Message<Args...> message, Args&&... args) noexcept {
    log<Args...>(INFO, message, std::forward<Args>(args)...);
  }
  // #endregion info
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
  // An error, and the exception that is being handled (or the one given).
  template <class... Args>
  void exception(Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(ERROR)) return;
    write(ERROR, std::current_exception(), message, args...);
  }
  template <class... Args>
  void exception(const std::exception_ptr& exc_info, Message<Args...> message,
                 Args&&... args) noexcept {
    log<Args...>(ERROR, exc_info, message, std::forward<Args>(args)...);
  }
  // #region log_call
  // With a level of one's own; with an exception, unless it is empty.
  template <class... Args>
  void log(int level, Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(level)) return;
    write(level, {}, message, args...);
  }
  // #endregion log_call
  template <class... Args>
  void log(int level, const std::exception_ptr& exc_info,
           Message<Args...> message, Args&&... args) noexcept {
    if (!is_enabled_for(level)) return;
    write(level, given(exc_info), message, args...);
  }
  // A text that is complete: { and } in it mean nothing.
  void log_text(
      int level, std::string_view text,
      const std::exception_ptr& exc_info = nullptr,
      std::source_location place = std::source_location::current()) noexcept;
  // #endregion calls

  // #region is_enabled_for
  // Would a record of this level go out?  logging.Logger.isEnabledFor
  bool is_enabled_for(int level) const noexcept {
    return level >= threshold_.load(std::memory_order_relaxed);
  }
  // #endregion is_enabled_for
  // The level from which on this logger speaks. NOTSET: the nearest ancestor's
  // that has one.
  void set_level(Level level);
  int level() const noexcept { return level_; }
  int get_effective_level() const;

  const std::string& name() const noexcept { return name_; }
  Logger* parent() const;  // nullptr for the root

  // Records go to this logger's handlers and to those of all ancestors, up to
  // a logger that does not propagate. Adding twice is adding once, and removing
  // what is not there is fine.  Throws std::invalid_argument for nullptr.
  void add_handler(std::shared_ptr<Handler> handler);
  void remove_handler(const std::shared_ptr<Handler>& handler);
  std::vector<std::shared_ptr<Handler>> handlers() const;
  bool has_handlers() const;  // here or on the way up
  void set_propagate(bool propagate) noexcept { propagate_ = propagate; }
  bool propagate() const noexcept { return propagate_; }

  // Takes a record that is made already, whatever its level.
  void handle(const LogRecord& record) noexcept;

  std::string repr() const;  // <Logger asyncio (DEBUG)>

 private:
  friend class Manager;
  friend void basic_config(const BasicConfig& config);
  using ExcInfo = std::optional<std::exception_ptr>;

  explicit Logger(std::string name);

  static ExcInfo given(const std::exception_ptr& exc_info) {
    return exc_info ? ExcInfo(exc_info) : std::nullopt;
  }
  template <class Checked, class... Args>
  void write(int level, const ExcInfo& exc_info, const Checked& message,
             Args&... args) noexcept {
    try {
      write(level, exc_info,
            ErasedMessage{.format = message.format,
                          .arguments = fmt::make_format_args(args...),
                          .argument_count = sizeof...(args),
                          .place = message.place});
    } catch (...) {  // an argument's format_as(), which fmt calls at once
      write_raw(level, exc_info,
                ErasedMessage{.format = message.format,
                              .place = message.place,
                              .is_text = true});
    }
  }
  void write(int level, const ExcInfo& exc_info,
             const ErasedMessage& message) noexcept;
  // Of the root: its handlers and its level, in one step; does nothing if it
  // has handlers and is not forced. Two threads must not add two.
  void configure(const std::shared_ptr<Handler>& handler,
                 std::optional<Level> level, bool force);
  void write_raw(int level, const ExcInfo& exc_info,
                 const ErasedMessage& message) noexcept;
  void pass(const LogRecord& record);
  void call_handlers(const LogRecord& record);

  const std::string name_;
  // The lowest level that is logged, kept up to date by whatever moves it: the
  // effective level, or what disable() forbids.
  std::atomic<int> threshold_;
  std::atomic<int> level_;
  std::atomic<bool> propagate_ = true;
  Logger* parent_ = nullptr;                        // the manager's lock
  std::vector<std::shared_ptr<Handler>> handlers_;  // guards these two
};

// The logger of a name, the same one for ever: "app.db" is a child of "app" if
// that exists, or will be once it does. "" and "root" are the root of all,
// which starts at WARNING.  logging.getLogger
Logger& get_logger(std::string_view name = "");

// Hears every record that a logger lets through, before the handlers do. A
// handler would change what it hears, because basic_config() and the last
// resort look for handlers, and would miss loggers that do not propagate.
// nullptr ends it.
using LogListener = void (*)(const LogRecord& record);
void set_log_listener(LogListener listener) noexcept;

// Silences this level and those below, in all loggers; NOTSET ends it.
// logging.disable
void disable(Level level = CRITICAL);

// Back to the state of a program's first line: no handlers, no filters, no
// levels but the root's. Loggers that exist stay. For tests; Python has none.
void reset_logging();

}  // namespace ch04
