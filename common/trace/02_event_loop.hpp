// A loop that keeps a record of its run:
//
//   common::Recorded<asyncio::EventLoop> loop(command_line);
//
// Without --trace it is the loop it is made of, plus one comparison at each
// seam. The header of a later chapter records what that chapter's loop adds: a
// program includes the newest one that its loop has.
#pragma once

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"
#include "common/trace/recorder.hpp"
#include "common/trace/trace.hpp"

namespace common {

namespace detail {

// Made before the loop and destroyed after it.
struct Recording {
  explicit Recording(Trace* trace) {
    if (trace) recorder = std::make_unique<Recorder>(*trace);
  }

  std::unique_ptr<Recorder> recorder;
};

// The recorder on the seams of every loop.
template <class Loop>
class RecordedLoop : private Recording, public Loop {
 public:
  RecordedLoop(Clock& clock, Trace* trace, std::source_location where)
      : Recording(trace), Loop(clock, ch01::default_selector(), where) {
    if (!recorder()) return;
    std::vector<int> wake_up;
    for (const auto& [fd, key] : *this->selector().get_map()) {
      wake_up.push_back(fd);
    }
    recorder()->attach({.waiting = [this] { return waiting(); },
                        .is_running = [this] { return this->is_running(); },
                        .is_open = [this] { return !this->is_closed(); }},
                       wake_up);
  }
  ~RecordedLoop() override {
    if (recorder()) recorder()->detach();
  }

 protected:
  Recorder* recorder() const { return Recording::recorder.get(); }

  void accept(ch02::LoopObject& object) override {
    Loop::accept(object);
    if (recorder()) recorder()->accepted(traced(object));
  }
  void run_handle(ch02::LoopObject& object) noexcept override {
    if (!recorder()) return Loop::run_handle(object);
    recorder()->before_run(traced(object));
    Loop::run_handle(object);
    recorder()->after_run(slow_limit());
  }
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    if (!recorder()) return Loop::select(timeout);
    std::vector<int> ready;
    struct After {  // runs even when the selector throws
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
      const ch02::ExceptionContext& context) override {
    if (recorder()) record_report(context);
    Loop::default_exception_handler(context);
  }

  // Later chapters override these, because they know more.
  virtual Traced traced(const ch02::LoopObject& object) const {
    Traced result{&object, object.callback_text(),
                  file_line(object.created_at())};
    // A callback that was given a name shows the place of that, too.
    constexpr std::string_view kAt = " at ";
    if (const auto at = result.name.rfind(kAt); at != std::string::npos) {
      result.loc = result.name.substr(at + kAt.size());
      result.name.erase(at);
    }
    const auto* const timer = dynamic_cast<const ch02::TimerHandle*>(&object);
    if (timer) result.when = timer->when();
    return result;
  }
  virtual std::optional<std::chrono::nanoseconds> slow_limit() const {
    return std::nullopt;
  }
  virtual void record_report(const ch02::ExceptionContext& context) {
    std::string text = ch02::exception_report(context, this->detail());
    if (context.exception) text += "\n" + describe(context.exception);
    recorder()->report(text);
  }

 private:
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

// The base of Recorded for a loop: that of its newest chapter.
template <class Loop>
concept HasHandles = std::derived_from<Loop, ch02::EventLoop>;
template <class Loop>
struct Layer;
template <HasHandles Loop>
struct Layer<Loop> : std::type_identity<RecordedLoop<Loop>> {};

}  // namespace detail

// The loop of any chapter from the second on. It runs what the plain loop runs,
// in the same order.
template <class Loop>
class Recorded final : public detail::Layer<Loop>::type {
 public:
  explicit Recorded(
      CommandLine& command_line,
      std::source_location where = std::source_location::current())
      : Recorded(command_line.clock(), command_line.trace(), where) {}
  // nullptr: nothing is recorded.
  Recorded(Clock& clock, Trace* trace,
           std::source_location where = std::source_location::current())
      : detail::Layer<Loop>::type(clock, trace, where) {}
};

}  // namespace common
