// Where records go: a stream, a file, or what a program makes of them; and
// filters, which have a say in it.
#pragma once

#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "chapters/04_logging/formatter.hpp"
#include "chapters/04_logging/log_record.hpp"
#include "common/fork_lock.hpp"
#include "common/unique_fd.hpp"

namespace ch04 {

// False: the record goes no further.
using Filter = std::function<bool(const LogRecord&)>;

// What loggers and handlers have in common. May be used by many threads.
// logging.Filterer
class Filterer {
 public:
  // Throws std::invalid_argument for an empty function.
  void add_filter(Filter filter);
  void clear_filters() noexcept;

  // Do all filters let the record pass? One that throws is reported, and the
  // record passes: a mistake in a filter must not lose it.
  bool filter(const LogRecord& record) const;

 protected:
  Filterer() = default;
  ~Filterer() = default;

  // Shared: a filter is called without a lock, so it may log or add filters.
  using Filters = std::vector<std::shared_ptr<const Filter>>;
  Filters filters_;  // common::fork_lock() guards it
};

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

 protected:
  Handler() = default;

  // Puts the record out. Called by one thread at a time; it may log, too.
  virtual void emit(const LogRecord& record) = 0;

  // The record as text.
  std::string format(const LogRecord& record) const;

 private:
  using Mutex = std::shared_ptr<std::recursive_mutex>;

  Mutex emit_mutex();

  std::atomic<int> level_ = NOTSET;
  // common::fork_lock() guards these.
  Formatter formatter_;
  Mutex emit_mutex_ = std::make_shared<std::recursive_mutex>();
  int forks_ = common::forks();
};

// Writes each record in one piece and flushes it.  logging.StreamHandler
class StreamHandler : public Handler {
 public:
  // The stream must outlive the handler.  Throws std::invalid_argument for
  // nullptr.
  explicit StreamHandler(std::FILE* stream = stderr);

 protected:
  void emit(const LogRecord& record) override;

 private:
  std::FILE* const stream_;
  const std::string name_;  // for errors: <stderr>
};

// Appends to a file, which other programs may append to at the same time.
// logging.FileHandler
class FileHandler : public Handler {
 public:
  // Opens the file, makes it if need be.  Throws std::system_error:
  // "open('/var/log/app.log'): Permission denied".
  explicit FileHandler(const std::string& file_name);

 protected:
  void emit(const LogRecord& record) override;

 private:
  const std::string name_;
  const common::UniqueFd fd_;
};

}  // namespace ch04
