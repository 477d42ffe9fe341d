#include "chapters/04_logging/handler.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <typeinfo>
#include <utility>

#include "chapters/04_logging/logging_error.hpp"
#include "common/output.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"
#include "common/unique_fd.hpp"

namespace ch04 {

namespace {

// A stream that failed once refuses all that follows, until it is cleared.
void write_to_stream(std::ostream& stream, const std::string& name,
                     std::string_view text) {
  const common::NoSigpipe guard;
  try {
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    stream.flush();
    if (!stream) throw std::runtime_error("write(" + name + "): failed");
  } catch (...) {
    stream.clear();
    throw;
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
    common::write_text(fd->get(), text, common::repr(path));
  };
}

// logging._StderrHandler
class StderrHandler final : public StreamHandler {
 public:
  StderrHandler() { set_level(WARNING); }

 private:
  std::string class_name() const override { return "_StderrHandler"; }
};

struct LastResort {  // the module's lock guards it
  const std::shared_ptr<Handler> first = std::make_shared<StderrHandler>();
  std::shared_ptr<Handler> handler = first;
};

// Made early, before there are threads that could fork in between, and never
// destroyed: destructors of other static objects may log.
LastResort& the_last_resort() {
  static auto* const last = new LastResort;
  return *last;
}

[[maybe_unused]] const LastResort& made_early = the_last_resort();

}  // namespace

Handler::Handler() = default;

void Handler::set_formatter(Formatter formatter) {
  const std::lock_guard lock(module_lock());
  std::swap(formatter_, formatter);
}

// #region handle
void Handler::handle(const LogRecord& record) noexcept {
  const NestedCall call(NestedCall::Kind::handler);
  try {
    call.check();
    if (!filter(record)) return;
    const auto mutex = emitting_.mutex();
    const std::lock_guard lock(*mutex);
    emit(record);
  } catch (...) {
    report_logging_error(std::current_exception(), record);
  }
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
  std::unique_lock lock(module_lock());
  const Formatter formatter = formatter_;
  lock.unlock();
  if (!formatter.problem().empty()) {
    report_logging_error(
        std::make_exception_ptr(std::invalid_argument(formatter.problem())),
        record);
  }
  return formatter.format(record);
}

StreamHandler::StreamHandler(std::FILE* stream)
    : stream_name_(name_of(stream)),
      write_([stream, name = stream_name_](std::string_view text) {
        common::write_text(stream, text, name);
      }) {}

StreamHandler::StreamHandler(std::ostream& stream)
    : stream_name_(name_of(stream)),
      write_([&stream, name = stream_name_](std::string_view text) {
        write_to_stream(stream, name, text);
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
  const std::lock_guard lock(module_lock());
  return last.handler;
}

void set_last_resort(std::shared_ptr<Handler> handler) {
  LastResort& last = the_last_resort();
  const std::lock_guard lock(module_lock());
  last.handler.swap(handler);
}

std::shared_ptr<Handler> default_last_resort() {
  return the_last_resort().first;
}

}  // namespace ch04
