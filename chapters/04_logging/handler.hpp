// Where records go: to a stream, to a file, or to a handler that the program
// defines; and the filters that may stop them.
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

// The part that loggers and handlers share. Many threads may use it.
// logging.Filterer
class Filterer {
 public:
  // Throws std::invalid_argument for an empty function.
  void add_filter(Filter filter);
  void clear_filters() noexcept;

  // Do all filters let the record pass? A filter that throws is reported, and
  // lets it pass: a mistake in a filter must not lose a record.
  bool filter(const LogRecord& record) const;

 protected:
  Filterer() = default;
  ~Filterer() = default;

  // Shared: a filter is called without a lock, so it may log or add filters.
  using Filters = std::vector<std::shared_ptr<const Filter>>;
  Filters filters_;  // common::fork_lock() guards it
};

// Loggers hold handlers by std::shared_ptr. Any thread may call any public
// function.  logging.Handler
class Handler : public Filterer {
 public:
  virtual ~Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

  // Less urgent records are left to other handlers. By default, it takes all.
  void set_level(Level level) noexcept { level_ = level; }
  int level() const noexcept { return level_; }
  void set_formatter(Formatter formatter);  // default: "%(message)s"

  // Filters and emits. An exception from emit() becomes a report on standard
  // error (report_logging_error), and never reaches the program that logs.
  void handle(const LogRecord& record) noexcept;

 protected:
  Handler() = default;

  // Outputs the record. One thread at a time calls it, and it may itself log.
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
  // Opens the file, or creates it.  Throws std::system_error:
  // "open('/var/log/app.log'): Permission denied".
  explicit FileHandler(const std::string& file_name);

 protected:
  void emit(const LogRecord& record) override;

 private:
  const std::string name_;
  const common::UniqueFd fd_;
};

}  // namespace ch04
