// A recorded loop that hears what is logged.
#pragma once

#include <atomic>
#include <concepts>
#include <source_location>
#include <string>
#include <type_traits>

#include "chapters/04_logging/event_loop.hpp"
#include "common/trace/03_coroutine_task.hpp"

namespace common::detail {

// Listens while there is at least one recorded loop.
template <class Listener>
class Listening {
 public:
  explicit Listening(const Trace* trace) : listens_(trace != nullptr) {
    if (!listens_) return;
    if (loops_ == 0) Listener::begin();
    ++loops_;
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() {
    if (listens_ && --loops_ == 0) Listener::end();
  }

 private:
  static inline std::atomic<int> loops_ = 0;
  const bool listens_;
};

struct LogListener {
  static void begin() { ch04::set_log_listener(&hear); }
  static void end() noexcept { ch04::set_log_listener(nullptr); }

  static void hear(const ch04::LogRecord& record) {
    Trace* const trace = Trace::active();
    if (!trace) return;
    std::string text = record.message;
    if (record.exc_info && *record.exc_info) {
      text += "\n" + describe(*record.exc_info);
    }
    TraceArgs args;
    args.text("level", ch04::get_level_name(record.level))
        .text("logger", record.name);
    // The loop's own messages come from no line of the program.
    if (record.name != "asyncio") args.text("loc", file_line(record.place));
    trace->event({'i', "log", text, args});
  }
};

template <class Loop>
class RecordedLog : private Listening<LogListener>, public RecordedTasks<Loop> {
 public:
  RecordedLog(Clock& clock, Trace* trace, std::source_location where)
      : Listening<LogListener>(trace),
        RecordedTasks<Loop>(clock, trace, where) {}

 protected:
  // Nothing to do: the loop logs it, and the listener hears that.
  void record_report(const ch02::ExceptionContext&) override {}
};

template <class Loop>
concept HasLog = HasTasks<Loop> && std::derived_from<Loop, ch04::EventLoop>;
template <HasLog Loop>
struct Layer<Loop> : std::type_identity<RecordedLog<Loop>> {};

}  // namespace common::detail
