// A loop, or a selector, that keeps a record of its run:
//
//   common::Recorded<asyncio::EventLoop> loop(command_line);
//
// Without --trace it is the loop it is made of, and a comparison more at each
// seam. It knows the chapters by what their loops offer, not by name.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/command_line.hpp"
#include "common/place.hpp"
#include "common/recorder.hpp"
#include "common/repr.hpp"
#include "common/trace.hpp"

namespace common {

namespace detail {

template <class Loop>
concept HasTasks = requires { typename Loop::AnyTask; };

// A function of the loop's class that gives what is logged, or warned of, to a
// listener until it gets an empty one.
template <class Loop>
concept HasLog = requires { Loop::listen_to_log(nullptr); };
template <class Loop>
concept HasWarnings = requires { Loop::listen_to_warnings(nullptr); };

// Stands before the loop and goes after it, so that the first and the last
// words of the loop are heard.
template <class Loop>
class Recording {
 public:
  explicit Recording(Trace* trace) {
    if (!trace) return;
    recorder_ = std::make_unique<Recorder>(*trace);
    if (trace->loops++ == 0) listen();
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    if (!recorder_ || --recorder_->trace().loops > 0) return;
    if constexpr (HasLog<Loop>) Loop::listen_to_log(nullptr);
    if constexpr (HasWarnings<Loop>) Loop::listen_to_warnings(nullptr);
  }

  Recorder* recorder() const { return recorder_.get(); }

 private:
  void listen() {
    Trace& trace = recorder_->trace();
    if constexpr (HasLog<Loop>) {
      Loop::listen_to_log([&trace](std::string_view level, const auto& record) {
        std::string text = record.message;
        if (record.exc_info && *record.exc_info) {
          text += "\n" + describe(*record.exc_info);
        }
        TraceArgs args;
        args.text("level", level).text("logger", record.name);
        // What the loop says itself comes from no line of the program.
        if (record.name != "asyncio") args.text("loc", file_line(record.place));
        trace.event({'i', "log", text, args});
      });
    }
    if constexpr (HasWarnings<Loop>) {
      Loop::listen_to_warnings([&trace](const auto& message) {
        trace.event({'i', "warning", message.text,
                     TraceArgs()
                         .text("level", "WARNING")
                         .text("category", message.category->name())
                         .text("loc", message.file + ":" +
                                          std::to_string(message.line))});
      });
    }
  }

  std::unique_ptr<Recorder> recorder_;
};

// On the seams of every loop.
template <class Loop>
class RecordedLoop : private Recording<Loop>, public Loop {
 public:
  RecordedLoop(Clock& clock, Trace* trace, std::source_location where)
      : Recording<Loop>(trace), Loop(clock, Loop::default_selector(), where) {
    if (recorder()) {
      std::vector<int> wake_up;
      for (const auto& [fd, key] : *this->selector().get_map()) {
        wake_up.push_back(fd);
      }
      recorder()->attach({.waiting = [this] { return waiting(); },
                          .is_running = [this] { return this->is_running(); },
                          .is_open = [this] { return !this->is_closed(); }},
                         wake_up);
    }
  }
  ~RecordedLoop() override {
    if (recorder()) recorder()->detach();
  }

 protected:
  using Object = typename Loop::Object;

  using Recording<Loop>::recorder;

  void accept(Object& object) override {
    Loop::accept(object);
    if (recorder()) recorder()->accepted(traced(object));
  }
  void run_handle(Object& object) noexcept override {
    if (!recorder()) return Loop::run_handle(object);
    recorder()->before_run(traced(object));
    Loop::run_handle(object);
    recorder()->after_run(slow_limit());
  }
  typename Loop::ReadyKeys select(typename Loop::Timeout timeout) override {
    if (!recorder()) return Loop::select(timeout);
    std::vector<int> ready;
    struct After {  // also when the selector throws
      Recorder& recorder;
      std::vector<int>& ready;
      ~After() { recorder.after_select(std::move(ready)); }
    };
    recorder()->before_select(timeout);
    const After after{*recorder(), ready};
    const auto events = Loop::select(timeout);
    for (const auto& event : events) ready.push_back(event.key->fd);
    return events;
  }
  void default_exception_handler(
      const typename Loop::Context& context) override {
    // A loop with logging logs it.
    if constexpr (!HasLog<Loop>) {
      if (recorder()) {
        std::string text = exception_report(context, this->detail());
        if (context.exception) text += "\n" + describe(context.exception);
        recorder()->report(text);
      }
    }
    Loop::default_exception_handler(context);
  }

  static Traced traced(const Object& object) {
    if constexpr (HasTasks<Loop>) {
      using Task = typename Loop::AnyTask;
      if (const auto* const task = dynamic_cast<const Task*>(&object)) {
        return traced_task(object, *task);
      }
    }
    Traced result{&object, object.callback_text(),
                  file_line(object.created_at())};
    // A callback that was given a name tells the place of that, too.
    constexpr std::string_view kAt = " at ";
    if (const auto at = result.name.rfind(kAt); at != std::string::npos) {
      result.loc = result.name.substr(at + kAt.size());
      result.name.erase(at);
    }
    using Timer = typename Loop::AnyTimer;
    if (const auto* const timer = dynamic_cast<const Timer*>(&object)) {
      result.when = timer->when();
    }
    return result;
  }

 private:
  template <class Task>
  static Traced traced_task(const Object& object, const Task& task) {
    const auto stack = task.get_stack();
    // The compilers disagree about the line where a coroutine begins.
    const bool stands = !stack.empty() && stack.back()->started();
    return {
        .object = &object,
        .name = function_name(task.defined_at()) + "()",
        .loc = file_line(stands ? stack.back()->place() : task.created_at()),
        .task = task.get_name()};
  }

  std::optional<std::chrono::nanoseconds> slow_limit() const {
    if constexpr (requires { this->slow_callback_duration; }) {
      if (this->debug()) return this->slow_callback_duration;
    }
    return std::nullopt;
  }

  std::vector<Waiting> waiting() const {
    using Kind = typename Loop::Scheduled::Kind;
    std::vector<Waiting> result;
    for (const auto& [kind, object, fd] : this->scheduled()) {
      const auto same = kind == Kind::ready    ? Waiting::Kind::ready
                        : kind == Kind::timer  ? Waiting::Kind::timer
                        : kind == Kind::reader ? Waiting::Kind::reader
                                               : Waiting::Kind::writer;
      result.push_back({same, object, fd});
    }
    return result;
  }
};

// And on the one of loops with tasks.
template <class Loop>
class RecordedTasks : public RecordedLoop<Loop> {
 public:
  using RecordedLoop<Loop>::RecordedLoop;

 protected:
  using Future = typename Loop::AnyFuture;
  using Task = typename Loop::AnyTask;
  using Change = typename Loop::Change;

  void changing(Future& future, Change change) noexcept override {
    auto* const task =
        this->recorder() ? dynamic_cast<Task*>(&future) : nullptr;
    if (!task) return Loop::changing(future, change);
    if (change != Change::drop) record(*task, change);
    Loop::changing(future, change);
    // The loop may have something to say, and somebody who hears it may keep
    // the task.
    if (change == Change::drop && future.refs() == 1) record(*task, change);
  }

 private:
  void record(Task& task, Change change) {
    Recorder& recording = *this->recorder();
    const Traced traced = this->traced(task);
    switch (change) {
      case Change::create:
        return recording.task_created(traced);
      case Change::cancel:
        return recording.task_cancelling(traced);
      case Change::wait:
        return recording.task_waits(traced, short_name(*task.waiting_on()),
                                    task.waiting_on());
      case Change::wake:
        return recording.task_woken(traced);
      case Change::finish:
        return recording.task_ended(traced, task.cancelled() ? "cancelled"
                                            : task.exception_unseen()
                                                ? "failed"
                                                : "finished");
      case Change::drop:
        if (!task.done()) recording.task_ended(traced, "dropped");
        return recording.forget_task(traced.object);
    }
  }

  // "inner()", "sleep", "Future": what a task waits for.
  std::string short_name(const Future& future) const {
    if (const auto* const task = dynamic_cast<const Task*>(&future)) {
      return this->traced(*task).name;
    }
    if (this->recorder()->is_sleep(file_line(future.created_at()))) {
      return "sleep";
    }
    const std::string text = future.repr(Detail::brief);  // <Future pending>
    return text.substr(1, text.find_first_of(" >") - 1);
  }
};

template <class Loop>
using Layer =
    std::conditional_t<HasTasks<Loop>, RecordedTasks<Loop>, RecordedLoop<Loop>>;

}  // namespace detail

// The loop of any chapter from the second on. It runs what the plain loop runs,
// in the same order.
template <class Loop>
class Recorded final : public detail::Layer<Loop> {
 public:
  explicit Recorded(
      CommandLine& command_line,
      std::source_location where = std::source_location::current())
      : Recorded(command_line.clock(), command_line.trace(), where) {}
  // nullptr: nothing is recorded.
  Recorded(Clock& clock, Trace* trace,
           std::source_location where = std::source_location::current())
      : detail::Layer<Loop>(clock, trace, where) {}
};

// A selector that keeps a record, for a program without a loop. On a virtual
// clock the time for which it waited in vain passes too.
template <class Selector>
class RecordedSelector {
 public:
  RecordedSelector(CommandLine& command_line,
                   std::unique_ptr<Selector> selector)
      : clock_(command_line.clock()),
        trace_(command_line.trace()),
        selector_(std::move(selector)) {}

  std::string_view name() const { return selector_->name(); }

  const auto& register_fd(int fd, unsigned events,
                          const std::string& data = {}) {
    const auto& key = selector_->register_fd(fd, events, data);
    note("add", fd, data, events);
    return key;
  }
  const auto& modify(int fd, unsigned events, const std::string& data = {}) {
    const auto& key = selector_->modify(fd, events, data);
    note("modify", fd, data, events);
    return key;
  }
  auto unregister(int fd) {
    auto key = selector_->unregister(fd);
    note("remove", fd, {}, key.events);
    return key;
  }
  auto select(typename Selector::Timeout timeout) {
    if (trace_) {
      TraceArgs args;
      if (timeout) {
        args.time("timeout_us", std::max(*timeout, zero()));
      } else {
        args.number("timeout_us", -1);
      }
      trace_->event({'B', "select", "select", args});
    }
    const auto events = selector_->select(timeout);
    if (events.empty() && timeout && clock_.is_virtual()) {
      clock_.sleep(*timeout);
    }
    if (trace_) {
      std::vector<int> ready;
      for (const auto& event : events) ready.push_back(event.key->fd);
      std::ranges::sort(ready);
      trace_->event(
          {'E', "select", "select", TraceArgs().numbers("ready", ready)});
    }
    return events;
  }

 private:
  static constexpr std::chrono::nanoseconds zero() { return {}; }

  void note(std::string_view what, int fd, std::string_view name,
            unsigned events) {
    if (!trace_) return;
    trace_->event({'i', "select", what,
                   TraceArgs()
                       .number("fd", fd)
                       .text("name", name)
                       .text("events", events == 1   ? "read"
                                       : events == 2 ? "write"
                                                     : "read, write")});
  }

  Clock& clock_;
  Trace* trace_;
  std::unique_ptr<Selector> selector_;
};

}  // namespace common
