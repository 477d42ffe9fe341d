// A recorded loop with tasks.
#pragma once

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/trace/02_event_loop.hpp"

namespace common::detail {

template <class Loop>
class RecordedTasks : public RecordedLoop<Loop> {
 public:
  using RecordedLoop<Loop>::RecordedLoop;

 protected:
  Traced traced(const ch02::LoopObject& object) const override {
    const auto* const task = dynamic_cast<const ch03::TaskBase*>(&object);
    if (!task) return RecordedLoop<Loop>::traced(object);
    const auto stack = task->get_stack();
    // The compilers disagree about the line where a coroutine begins.
    const bool runs = !stack.empty() && stack.back()->started();
    return {.object = &object,
            .name = function_name(task->defined_at()) + "()",
            .loc = file_line(runs ? stack.back()->place() : task->created_at()),
            .task = task->get_name()};
  }

  void changing(ch03::FutureBase& future,
                ch03::Change change) noexcept override {
    using ch03::Change;
    auto* const task =
        this->recorder() ? dynamic_cast<ch03::TaskBase*>(&future) : nullptr;
    if (!task) return Loop::changing(future, change);
    if (change != Change::drop) record(*task, change);
    Loop::changing(future, change);
    // The loop may report the drop, and a handler of the report may keep the
    // task.
    if (change == Change::drop && future.refs() == 1) record(*task, change);
  }

 private:
  void record(ch03::TaskBase& task, ch03::Change change) {
    using ch03::Change;
    Recorder& recording = *this->recorder();
    const Traced traced = this->traced(task);
    switch (change) {
      case Change::create:
        return recording.task_created(traced);
      case Change::cancel:
        return recording.task_cancelling(traced);
      case Change::wait:
        return recording.task_waits(traced, short_name(*task.waiting_on()),
                                    task.waiting_on(),
                                    below(*task.waiting_on()));
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

  // The children of a gather(), or what a shield() is around. What a task waits
  // for, it tells itself.
  static std::vector<const void*> below(const ch03::FutureBase& future) {
    if (dynamic_cast<const ch03::TaskBase*>(&future)) return {};
    const auto futures = future.waits_for();
    return {futures.begin(), futures.end()};
  }

  // "inner()", "sleep", "Future": a name for the thing that a task waits for.
  std::string short_name(const ch03::FutureBase& future) const {
    if (const auto* const task = dynamic_cast<const ch03::TaskBase*>(&future)) {
      return traced(*task).name;
    }
    if (this->recorder()->is_sleep(file_line(future.created_at()))) {
      return "sleep";
    }
    const std::string text = future.repr(Detail::brief);  // <Future pending>
    return text.substr(1, text.find_first_of(" >") - 1);
  }
};

template <class Loop>
concept HasTasks = HasHandles<Loop> && std::derived_from<Loop, ch03::EventLoop>;
template <HasTasks Loop>
struct Layer<Loop> : std::type_identity<RecordedTasks<Loop>> {};

}  // namespace common::detail
