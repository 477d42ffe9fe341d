#include "common/trace/trace.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/output.hpp"
#include "common/repr.hpp"

namespace common {

namespace {

using std::chrono::nanoseconds;

std::atomic<Trace*> active_trace = nullptr;
std::atomic<std::uint64_t> traces = 0;

std::mutex error_mutex;
std::optional<std::string> trace_error;

// The length of the UTF-8 sequence at the front of the text, 0 if it is none.
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first < 0xf0) {
    const bool too_long = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) >= 0xa0;
    return follows(1) && follows(2) && !too_long && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first < 0xf5) {
    const bool too_long = first == 0xf0 && byte(1) < 0x90;
    const bool too_large = first == 0xf4 && byte(1) >= 0x90;
    const bool whole = follows(1) && follows(2) && follows(3);
    return whole && !too_long && !too_large ? 4 : 0;
  }
  return 0;
}

// Microseconds with three decimals.
std::string microseconds(nanoseconds time) {
  const auto count = time.count();
  const auto rest = count % 1000;
  return fmt::format("{}{}.{:03}", count < 0 ? "-" : "",
                     (count < 0 ? -(count / 1000) : count / 1000),
                     rest < 0 ? -rest : rest);
}

UniqueFd open_file(const std::string& file) {
  const auto refuse = [&] { throw_errno("open(" + repr(file) + ")"); };
  UniqueFd fd(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) refuse();
  constexpr int kHigh = 100;
  UniqueFd high(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kHigh));
  // A process with so few descriptors keeps the one it has.
  return high ? std::move(high) : std::move(fd);
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const auto length = sequence(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      result += "\\ufffd";
    } else if (first == '\n') {
      result += "\\n";
    } else if (first < 0x20 || first == 0x7f) {
      result += fmt::format("\\u{:04x}", first);
    } else {
      if (first == '"' || first == '\\') result += '\\';
      result += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result + "\"";
}

std::string& TraceArgs::key(std::string_view name) {
  if (!json_.empty()) json_ += ",";
  json_ += json_string(name) + ":";
  return json_;
}

TraceArgs& TraceArgs::text(std::string_view name, std::string_view value) {
  key(name) += json_string(value);
  return *this;
}

TraceArgs& TraceArgs::number(std::string_view name, std::int64_t value) {
  key(name) += std::to_string(value);
  return *this;
}

TraceArgs& TraceArgs::numbers(std::string_view name,
                              std::span<const int> values) {
  key(name) += fmt::format("[{}]", fmt::join(values, ","));
  return *this;
}

TraceArgs& TraceArgs::flag(std::string_view name, bool value) {
  key(name) += value ? "true" : "false";
  return *this;
}

TraceArgs& TraceArgs::time(std::string_view name, nanoseconds value) {
  key(name) += microseconds(value);
  return *this;
}

TraceArgs& TraceArgs::timeout(std::optional<nanoseconds> value) {
  constexpr const char* kName = "timeout_us";
  if (!value) return number(kName, -1);
  return time(kName, std::max(*value, nanoseconds(0)));
}

Trace::Trace(const std::string& file, Clock& clock, std::string_view program)
    : clock_(clock),
      start_(clock.now()),
      serial_(++traces),
      owner_(std::this_thread::get_id()),
      file_(file),
      fd_(open_file(file)) {
  put("[");
  write_line(1, {'M', "__metadata", "process_name",
                 TraceArgs().text("name", program)});
  thread_number();
  active_trace = this;
}

Trace::~Trace() {
  Trace* self = this;
  active_trace.compare_exchange_strong(self, nullptr);
  const std::lock_guard lock(mutex_);
  put("\n]\n");
  const char* call = "write";
  if (const int fd = fd_.release(); ::close(fd) < 0 && error_ == 0) {
    error_ = errno;
    call = "close";
  }
  if (error_ == 0) return;
  const std::lock_guard error_lock(error_mutex);
  trace_error =
      fmt::format("{}({}): {}", call, repr(file_), std::strerror(error_));
}

nanoseconds Trace::now() const {
  if (clock_.is_virtual() && owner_.load() != std::this_thread::get_id()) {
    return last_time();
  }
  return since_start(clock_.now());
}

nanoseconds Trace::last_time() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void Trace::event(const TraceEvent& event) {
  catch_up();
  write(event);
}

void Trace::catch_up() {
  // Called without the lock, because sources write. A source of this thread
  // cannot go away in the meantime.
  std::vector<Source*> mine;
  {
    const std::lock_guard lock(mutex_);
    for (const Member& member : members_) {
      if (member.thread == std::this_thread::get_id()) {
        mine.push_back(member.source);
      }
    }
  }
  for (Source* source : mine) source->catch_up();
}

void Trace::write(const TraceEvent& event, nanoseconds when) {
  const std::lock_guard lock(mutex_);
  last_ = std::max(last_, when);
  const int writer = thread_number();
  write_line(event.thread != 0 ? event.thread : writer, event);
}

int Trace::this_thread() {
  const std::lock_guard lock(mutex_);
  return thread_number();
}

void Trace::write_line(int thread, const TraceEvent& event) {
  const char phase = event.phase;
  std::string line = fmt::format(
      "{}\n"
      R"({{"ts":{},"ph":"{}","pid":1,"tid":{},"cat":{},"name":{})",
      phase == 'M' && event.name == "process_name" ? "" : ",",
      microseconds(last_), phase, thread, json_string(event.category),
      json_string(event.name));
  if (phase == 'i') line += R"(,"s":"t")";
  if (event.id != 0) line += fmt::format(R"(,"id":{})", event.id);
  if (phase == 'f') line += R"(,"bp":"e")";
  if (const std::string& args = event.args.json(); !args.empty()) {
    line += R"(,"args":{)" + args + "}";
  }
  put(line + "}");
}

void Trace::put(std::string_view text) {
  const NoSigpipe guard;
  while (!text.empty() && error_ == 0) {
    const ssize_t count = ::write(fd_.get(), text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
}

// Threads are numbered in the order in which they come, and named then.
int Trace::thread_number() {
  static thread_local std::uint64_t serial = 0;
  static thread_local int number = 0;
  if (serial == serial_) return number;
  serial = serial_;
  number = ++threads_;
  write_line(number,
             {'M', "__metadata", "thread_name",
              TraceArgs().text(
                  "name", number == 1 ? "MainThread"
                                      : fmt::format("Thread-{}", number - 1))});
  return number;
}

void Trace::add(Source& source) {
  const std::lock_guard lock(mutex_);
  members_.push_back({&source, std::this_thread::get_id()});
}

void Trace::claim(Source& source) {
  const auto me = std::this_thread::get_id();
  owner_ = me;
  const std::lock_guard lock(mutex_);
  for (Member& member : members_) {
    if (member.source == &source) member.thread = me;
  }
}

void Trace::remove(Source& source) {
  const std::lock_guard lock(mutex_);
  std::erase_if(members_,
                [&](const Member& member) { return member.source == &source; });
}

Trace* Trace::active() { return active_trace; }

std::optional<std::string> take_trace_error() {
  const std::lock_guard lock(error_mutex);
  return std::exchange(trace_error, std::nullopt);
}

}  // namespace common
