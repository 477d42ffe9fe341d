#include "chapters/04_logging/handler.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "chapters/04_logging/logging_error.hpp"
#include "common/nested_call.hpp"
#include "common/output.hpp"
#include "common/repr.hpp"

namespace ch04 {

void Filterer::add_filter(Filter filter) {
  if (!filter) throw std::invalid_argument("a filter is needed");
  auto added = std::make_shared<const Filter>(std::move(filter));
  const std::lock_guard lock(common::fork_lock());
  filters_.push_back(std::move(added));
}

void Filterer::clear_filters() noexcept {
  Filters old;  // outlives the lock
  const std::lock_guard lock(common::fork_lock());
  old.swap(filters_);
}

bool Filterer::filter(const LogRecord& record) const {
  std::unique_lock lock(common::fork_lock());
  const Filters filters = filters_;
  lock.unlock();
  for (const auto& passes : filters) {
    try {
      if (!(*passes)(record)) return false;
    } catch (...) {
      report_logging_error(std::current_exception(), record);
    }
  }
  return true;
}

void Handler::set_formatter(Formatter formatter) {
  const std::lock_guard lock(common::fork_lock());
  std::swap(formatter_, formatter);
}

// #region handle
void Handler::handle(const LogRecord& record) noexcept {
  const common::NestedCall<Handler> call;
  try {
    if (call.refused()) throw std::runtime_error(kTooDeep);
    if (!filter(record)) return;
    const auto mutex = emit_mutex();
    const std::lock_guard lock(*mutex);
    emit(record);
  } catch (...) {
    report_logging_error(std::current_exception(), record);
  }
}
// #endregion handle

// The caller keeps the pointer while it holds the mutex: emit() may fork, and a
// child gets a new one.  logging._register_at_fork_reinit_lock
Handler::Mutex Handler::emit_mutex() {
  const std::lock_guard lock(common::fork_lock());
  if (forks_ != common::forks()) {
    emit_mutex_ = std::make_shared<std::recursive_mutex>();
    forks_ = common::forks();
  }
  return emit_mutex_;
}

std::string Handler::format(const LogRecord& record) const {
  std::unique_lock lock(common::fork_lock());
  const Formatter formatter = formatter_;
  lock.unlock();
  return formatter.format(record);
}

namespace {

std::string name_of(std::FILE* stream) {
  if (stream == stdout) return "<stdout>";
  if (stream == stderr) return "<stderr>";
  if (!stream) throw std::invalid_argument("a stream is needed, got nullptr");
  return fmt::format("<fd {}>", ::fileno(stream));
}

}  // namespace

StreamHandler::StreamHandler(std::FILE* stream)
    : stream_(stream), name_(name_of(stream)) {}

// #region emit
void StreamHandler::emit(const LogRecord& record) {
  common::write_text(stream_, format(record) + "\n", name_);
}
// #endregion emit

FileHandler::FileHandler(const std::string& file_name)
    : name_(common::repr(std::filesystem::absolute(file_name).string())),
      fd_(::open(file_name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                 0666)) {
  if (!fd_) common::throw_errno("open(" + name_ + ")");
}

void FileHandler::emit(const LogRecord& record) {
  common::write_text(fd_.get(), format(record) + "\n", name_);
}

}  // namespace ch04
