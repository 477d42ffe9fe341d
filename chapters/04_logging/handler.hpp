// Where records go: a stream, a file, or what a program makes of them.
#pragma once

#include <atomic>
#include <cstdio>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "chapters/04_logging/filterer.hpp"
#include "chapters/04_logging/formatter.hpp"
#include "chapters/04_logging/lock.hpp"
#include "chapters/04_logging/log_record.hpp"

namespace ch04 {

// #region handler
// Loggers hold handlers by std::shared_ptr. All public functions may be called
// by any thread.  logging.Handler
class Handler : public Filterer {
 public:
  virtual ~Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

  // Less urgent records are left to other handlers. At first: all are taken.
  void set_level(Level level) noexcept { level_ = level; }
  int level() const noexcept { return level_; }
  void set_formatter(Formatter formatter);  // at first: "%(message)s"

  // Filters and emits. What emit() throws becomes a report on standard error
  // (report_logging_error), never an exception in the program that logs.
  void handle(const LogRecord& record) noexcept;

  virtual std::string repr() const;  // <StreamHandler <stderr> (NOTSET)>

 protected:
  Handler();

  // Puts the record out. Called by one thread at a time; it may log, too.
  virtual void emit(const LogRecord& record) = 0;

  // The record as text. Reports a mistake in the format, and goes on.
  std::string format(const LogRecord& record) const;

  // For repr(): the name of the object's class, without namespaces.
  virtual std::string class_name() const;

 private:
  std::atomic<int> level_ = NOTSET;
  Formatter formatter_;  // the module's lock guards it
  HandlerLock emitting_;
};
// #endregion handler

// Writes each record in one piece and flushes it.  logging.StreamHandler
class StreamHandler : public Handler {
 public:
  // The stream must outlive the handler.  Throws std::invalid_argument for
  // nullptr.
  explicit StreamHandler(std::FILE* stream = stderr);
  explicit StreamHandler(std::ostream& stream);

  std::string repr() const override;

  // Ends each record. To be changed before the handler is in use.
  std::string terminator = "\n";

 protected:
  using Write = std::function<void(std::string_view text)>;
  StreamHandler(std::string stream_name, Write write);

  void emit(const LogRecord& record) override;

 private:
  std::string stream_name_;
  Write write_;
};

// Appends to a file, which other programs may append to at the same time.
// logging.FileHandler
class FileHandler : public StreamHandler {
 public:
  // Opens the file, makes it if need be.  Throws std::system_error:
  // "open('/var/log/app.log'): Permission denied".
  explicit FileHandler(const std::string& file_name);
};

// Takes records that no handler is there for: their bare messages go to
// standard error, from WARNING on. nullptr: they are not shown, and the first
// time that is said.  logging.lastResort
std::shared_ptr<Handler> last_resort();
void set_last_resort(std::shared_ptr<Handler> handler);
std::shared_ptr<Handler> default_last_resort();  // the one it was at first

}  // namespace ch04
