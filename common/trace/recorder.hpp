// The events of a loop, as lines of a trace. It knows no chapter: the headers
// of the chapters' loops tell it what happens, and it finds out the rest by
// comparing the objects that the loop has scheduled with those it had before.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/trace/trace.hpp"

namespace common {

// An object of a loop: a handle, a timer or a task.
struct Traced {
  const void* object;
  std::string name;  // "work()"; of a task its coroutine's
  std::string loc;   // "main.cpp:42"
  std::optional<std::chrono::nanoseconds> when = {};  // of a timer
  std::string task = {};                              // of a task: "Task-1"
};

// What a coroutine did within a step: it ran from one place to another.
struct TracedStretch {
  std::string function;            // "boil_water()"
  std::string from;                // "main.cpp:42", or "its beginning"
  std::string to;                  // "main.cpp:43", or "its end"
  std::chrono::nanoseconds begin;  // the clock's
  std::chrono::nanoseconds end;
  int times = 1;  // one after the other
};

// The objects that wait in a loop: the ready queue in order, the timers, the
// readers and writers.
struct Waiting {
  enum class Kind { ready, timer, reader, writer } kind;
  const void* object;
  int fd = -1;
};

class Recorder final : public Trace::Source {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  // How to look at a loop.
  struct View {
    std::function<std::vector<Waiting>()> waiting;
    std::function<bool()> is_running;
    std::function<bool()> is_open;
  };

  explicit Recorder(Trace& trace);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  // The loop is gone, with all that was left in it.
  ~Recorder();

  Trace& trace() { return trace_; }
  // The loop was made, and watches these descriptors to be woken.
  void attach(View view, const std::vector<int>& wake_up);
  void detach();  // it is about to be destroyed
  void catch_up() override;

  // The seams. Objects are valid during the call, and compared by address
  // later on.
  void accepted(const Traced& traced);
  void before_select(std::optional<nanoseconds> timeout);
  void after_select(std::vector<int> ready);
  void before_run(const Traced& traced);
  // Was it slow? Only some loops know what that means.
  void after_run(std::optional<nanoseconds> slow);
  // A stretch has ended. Equal ones that follow each other become one event.
  void stretch(TracedStretch stretch);
  void task_created(const Traced& traced);
  // Waits for a task or a future; a future may itself wait for others, those
  // `below`.
  void task_waits(const Traced& traced, const std::string& on,
                  const void* on_object, const std::vector<const void*>& below);
  void task_woken(const Traced& traced);
  void task_cancelling(const Traced& traced);
  void task_ended(const Traced& traced, std::string_view state);
  void forget_task(const void* object);
  // Was this future, made on the line `loc`, made for a sleep?
  bool is_sleep(std::string_view loc) const;
  // An error that reached a loop without logging.
  void report(std::string_view text);

 private:
  struct Known {
    const void* object;
    std::string name;
    std::string loc;
    bool is_task = false;
    bool is_alive = false;  // a task that is not destroyed yet
    bool is_open = false;   // a task that is not done
    bool in_timers = false;
    bool in_ready = false;
    std::vector<Waiting> watches = {};
    std::string waits_for = {};  // a task
    // The time when it was accepted; where it went is seen later.
    std::optional<nanoseconds> accepted = {};
  };
  using Objects = std::map<std::uint64_t, Known>;  // in the order of their ids

  Objects::iterator find(const void* object);
  Objects::iterator know(const Traced& traced);
  static constexpr nanoseconds kShortestStretch = std::chrono::milliseconds(1);

  void write_stretch();
  void compare(const std::vector<Waiting>& waiting);
  void note_gone(const std::vector<Waiting>& waiting);
  void note_unwatched(Known& known, const std::vector<Waiting>& waiting);
  void note_new(const Waiting& waiting);
  void become_ready(std::uint64_t id, Known& known);
  void leave_timers(std::uint64_t id, Known& known, const char* how);
  void forget_unused();
  void end_iteration();
  void task_event(const Traced& traced, const TraceArgs& args);

  static std::string handle_name(const Known& known) {
    return (known.is_task ? "step " : "") + known.name;
  }

  Trace& trace_;
  View view_;
  bool comparing_ = false;
  std::vector<int> wake_up_;
  Objects objects_;
  std::unordered_map<const void*, std::uint64_t> ids_;
  std::string last_name_;  // of the object accepted last
  std::string last_loc_;
  std::uint64_t iterations_ = 0;
  int iteration_thread_ = 0;        // 0: not in an iteration
  const void* starting_ = nullptr;  // has left the queue, and runs next
  std::uint64_t running_ = 0;
  nanoseconds run_start_{0};
  std::optional<TracedStretch> stretch_;  // perhaps more of it follow
};

}  // namespace common
