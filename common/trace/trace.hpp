// The events of a program, with their times: a file that trace viewers read.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/clock.hpp"
#include "common/unique_fd.hpp"

namespace common {

// The "args" of an event, in the order in which they are added.
class TraceArgs {
 public:
  TraceArgs& text(std::string_view key, std::string_view value);
  TraceArgs& number(std::string_view key, std::int64_t value);
  TraceArgs& numbers(std::string_view key, std::span<const int> values);
  TraceArgs& flag(std::string_view key, bool value);
  TraceArgs& time(std::string_view key, std::chrono::nanoseconds value);
  // The timeout of a select: 0 if it is past, -1 if there is none.
  TraceArgs& timeout(std::optional<std::chrono::nanoseconds> value);

  const std::string& json() const { return json_; }  // without { and }

 private:
  std::string& key(std::string_view name);
  std::string json_;
};

// One line of the file. The phases are those of the Chrome trace-event format:
// B and E begin and end a span, b, n and e one that may outlive the span where
// it began; i is a moment, s and f are the ends of an arrow.
struct TraceEvent {
  char phase;
  std::string_view category;
  std::string_view name;
  TraceArgs args = {};
  std::uint64_t id = 0;  // of b, n, e, s and f
  int thread = 0;        // 0: the one that writes it
};

// Writes each event immediately, so that a program that is killed leaves all
// that happened until then. Any thread may write. The file's descriptor has a
// high number, so that the program's own numbers are the same with and without
// a trace.
class Trace {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  // A source notices an event only when the next one happens, and writes it
  // then. It is called on its own thread.
  class Source {
   public:
    virtual void catch_up() = 0;

   protected:
    ~Source() = default;
  };

  // Throws std::system_error: "open('/no/such'): No such file or directory".
  Trace(const std::string& file, Clock& clock, std::string_view program);
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  // An error in writing does not stop the program: take_trace_error() has it.
  ~Trace();

  // Since the trace was opened. A virtual clock belongs to one thread; for
  // others the time is that of the last event.
  nanoseconds now() const;
  nanoseconds since_start(nanoseconds clock_time) const {
    return clock_time - start_;
  }
  // Writes the event, after what the sources have to say.
  void event(const TraceEvent& event);

  // For sources: the parts of event(). No event is earlier than the one before.
  void catch_up();
  void write(const TraceEvent& event, nanoseconds when);
  void write(const TraceEvent& event) { write(event, now()); }
  nanoseconds last_time() const;
  int this_thread();  // its number
  std::uint64_t next_id() { return ++ids_; }
  // A source belongs to the thread that adds it, and moves to the one that
  // claims it.
  void add(Source& source);
  void claim(Source& source);
  void remove(Source& source);

  // The trace that is being written, if there is one.
  static Trace* active();

 private:
  struct Member {
    Source* source;
    std::thread::id thread;
  };

  void write_line(int thread, const TraceEvent& event);
  void put(std::string_view text);
  int thread_number();

  Clock& clock_;
  const nanoseconds start_;
  const std::uint64_t serial_;
  std::atomic<std::thread::id> owner_;  // the thread whose clock it is
  std::atomic<std::uint64_t> ids_ = 0;

  mutable std::mutex mutex_;  // of all that follows
  std::string file_;
  UniqueFd fd_;
  int error_ = 0;  // the first one; nothing is written after it
  nanoseconds last_{0};
  int threads_ = 0;
  std::vector<Member> members_;
};

// The error of a trace that has been closed, if there was one, told once:
// "write('run.json'): No space left on device".
std::optional<std::string> take_trace_error();

// Text as a JSON string, in quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace common
