#include "chapters/04_logging/handler.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <typeinfo>
#include <utility>

#include "chapters/04_logging/logging_error.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"
#include "common/unique_fd.hpp"

namespace ch04 {

namespace {

// A handler that logs, in emit(), what comes back to it: deep enough for
// honest cases, and a report instead of a stack overflow for the others.
constexpr int kDeepest = 50;

// Other threads that print to the stream wait until the record is out.
void write_to_file(std::FILE* stream, const std::string& name,
                   std::string_view text) {
  ::flockfile(stream);
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  const bool flushed = std::fflush(stream) == 0;
  const int error = errno;
  ::funlockfile(stream);
  if (!written || !flushed) {
    errno = error;
    common::throw_errno("write(" + name + ")");
  }
}

void write_to_descriptor(int fd, const std::string& name,
                         std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      common::throw_errno("write(" + name + ")");
    }
  }
}

std::string name_of(std::FILE* stream) {
  if (stream == stdout) return "<stdout>";
  if (stream == stderr) return "<stderr>";
  if (!stream) throw std::invalid_argument("a stream is needed, got nullptr");
  return fmt::format("<fd {}>", ::fileno(stream));
}

std::string name_of(const std::ostream& stream) {
  if (&stream == &std::cout) return "<stdout>";
  if (&stream == &std::cerr || &stream == &std::clog) return "<stderr>";
  return "<ostream>";
}

// One write a record: programs that append to the same file do not mix.
std::function<void(std::string_view)> append_to(const std::string& path) {
  const auto fd = std::make_shared<common::UniqueFd>(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!*fd) common::throw_errno("open(" + common::repr(path) + ")");
  return [fd, path](std::string_view text) {
    write_to_descriptor(fd->get(), common::repr(path), text);
  };
}

// logging._StderrHandler
class StderrHandler final : public StreamHandler {
 public:
  StderrHandler() { set_level(WARNING); }

 private:
  std::string class_name() const override { return "_StderrHandler"; }
};

struct LastResort {
  std::mutex mutex;
  const std::shared_ptr<Handler> first = std::make_shared<StderrHandler>();
  std::shared_ptr<Handler> handler = first;
};

// Never destroyed: destructors of other static objects may log.
LastResort& the_last_resort() {
  static auto* const last = new LastResort;
  return *last;
}

}  // namespace

Handler::Handler() = default;

void Handler::set_formatter(Formatter formatter) {
  const std::lock_guard lock(formatter_mutex_);
  std::swap(formatter_, formatter);
}

// #region handle
void Handler::handle(const LogRecord& record) noexcept {
  if (!filter(record)) return;
  const std::lock_guard lock(emit_mutex_);
  ++depth_;
  try {
    if (depth_ > kDeepest) {
      throw std::logic_error("a handler's own records come back to it");
    }
    emit(record);
  } catch (...) {
    report_logging_error(std::current_exception(), record.place,
                         record.message);
  }
  --depth_;
}
// #endregion handle

std::string Handler::class_name() const {
  std::string name = common::demangled(typeid(*this).name());
  if (const auto scope = name.rfind("::"); scope != std::string::npos) {
    name.erase(0, scope + 2);
  }
  return name;
}

std::string Handler::repr() const {
  return fmt::format("<{} ({})>", class_name(), get_level_name(level()));
}

std::string Handler::format(const LogRecord& record) const {
  std::unique_lock lock(formatter_mutex_);
  const Formatter formatter = formatter_;
  lock.unlock();
  if (!formatter.problem().empty()) {
    report_logging_error(
        std::make_exception_ptr(std::invalid_argument(formatter.problem())),
        record.place, record.message);
  }
  return formatter.format(record);
}

StreamHandler::StreamHandler(std::FILE* stream)
    : stream_name_(name_of(stream)),
      write_([stream, name = stream_name_](std::string_view text) {
        write_to_file(stream, name, text);
      }) {}

StreamHandler::StreamHandler(std::ostream& stream)
    : stream_name_(name_of(stream)),
      write_([&stream, name = stream_name_](std::string_view text) {
        stream.write(text.data(), static_cast<std::streamsize>(text.size()));
        stream.flush();
        if (!stream) throw std::runtime_error("write(" + name + "): failed");
      }) {}

StreamHandler::StreamHandler(std::string stream_name, Write write)
    : stream_name_(std::move(stream_name)), write_(std::move(write)) {}

// #region emit
void StreamHandler::emit(const LogRecord& record) {
  write_(format(record) + terminator);
}
// #endregion emit

std::string StreamHandler::repr() const {
  return fmt::format("<{} {} ({})>", class_name(), stream_name_,
                     get_level_name(level()));
}

FileHandler::FileHandler(const std::string& file_name)
    : StreamHandler(std::filesystem::absolute(file_name).string(),
                    append_to(std::filesystem::absolute(file_name).string())) {}

std::shared_ptr<Handler> last_resort() {
  LastResort& last = the_last_resort();
  const std::lock_guard lock(last.mutex);
  return last.handler;
}

void set_last_resort(std::shared_ptr<Handler> handler) {
  LastResort& last = the_last_resort();
  const std::lock_guard lock(last.mutex);
  last.handler.swap(handler);
}

std::shared_ptr<Handler> default_last_resort() {
  return the_last_resort().first;
}

}  // namespace ch04
