// A coroutine that the loop drives.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "chapters/03_coroutine_task/coroutine.hpp"
#include "chapters/03_coroutine_task/future.hpp"
#include "common/switch.hpp"

namespace ch03 {

// The coroutines of one task form a chain, from the first (the root) to the one
// that runs or waits (the top): each is the caller of the next. A step resumes
// the top, and then the new top, until one of them has to wait. So the C++
// stack holds one coroutine at a time, however long the chain is.
//
// A task lives while something holds it: a variable, the ready queue, a timer
// that will wake it.  asyncio: tasks.Task
class TaskBase : public FutureBase {
 public:
  // Takes ownership of the frame. An empty name becomes "Task-N".
  TaskBase(EventLoop& loop, std::source_location where, Frame& root,
           std::string name);

  std::string get_name() const;
  void set_name(std::string name);
  // cancel() throws CancelledError into the coroutine at the next opportunity.
  // The coroutine may catch it and go on. False if the task is done.
  int cancelling() const { return cancel_requests_; }  // how often asked
  int uncancel();  // withdraws one request, and returns how many are left
  int take_request_back();  // the same for destructors, on any thread

  // The place of each of its coroutines, outermost first. Python's get_stack()
  // knows only the outermost. Valid until the task runs on, or is gone.
  std::vector<const Frame*> get_stack() const;
  void print_stack(std::FILE* file = nullptr) const;  // nullptr: stderr
  const std::source_location& defined_at() const { return defined_at_; }
  // Is it reported when the task is pending and its last reference goes?
  void set_log_destroy_pending(bool log) { log_destroy_pending_ = log; }
  bool log_destroy_pending() const { return log_destroy_pending_; }
  std::string_view class_name() const override { return "Task"; }
  FutureBase* waiting_on() const { return waiting_on_.get(); }  // or nullptr
  std::vector<FutureBase*> waits_for() const override;

  // #region notes
  // What a loop writes down about its task: this chapter's writes nothing.
  struct Notes {
    std::uint64_t number = 0;  // of the task, from 1
    std::uint64_t maker = 0;   // of the task that made it, if there is one
    std::chrono::nanoseconds waits_since = std::chrono::nanoseconds::min();
  } notes;
  // #endregion notes

  // For the awaiters, while a step runs: which frame is resumed next, and
  // whether the step is over.
  static TaskBase& current() { return *current_; }
  static TaskBase* current_or_null() noexcept { return current_; }
  void push(Frame& callee, Frame& caller);
  void pop(Frame& ended) {
    ended.tell(Move::leave);
    top_ = ended.caller_;
  }
  void start_waiting(FutureBase& future);
  void yield();  // the next step comes in the next iteration
  // Throws the error that waits for the coroutine, usually a cancellation.
  void throw_pending() {
    if (pending_) std::rethrow_exception(std::exchange(pending_, nullptr));
  }
  // The same after waiting for this future, or after a refusal to wait for it.
  void throw_pending(const FutureBase& future) {
    throw_pending();
    if (cannot_wait_for(future)) throw_cannot_wait(future);
  }

 protected:
  ~TaskBase() override;
  void run() noexcept override;  // one step
  std::string callback_text() const override { return "Task.task_wakeup()"; }
  std::string state_text() const override;
  std::string detail_text(common::Detail detail) const override;
  void check_settable(const char* operation) const override;
  FutureBase* cancel_step(Cancel& cancel, bool first) override;

 private:
  virtual void finish_from(Frame& root) = 0;  // moves the result out of it

  bool cannot_wait_for(const FutureBase& future) const {
    return &future == this || future.loop() != loop();
  }
  [[noreturn]] void throw_cannot_wait(const FutureBase& future) const;
  void drop_second_cancel();
  void stop_waiting();
  void end();
  void destroy_frames() noexcept;
  void abandon() override;
  void report_if_not_started() const noexcept;

  static thread_local constinit TaskBase* current_;

  Frame* root_;
  Frame* top_;
  common::Ref<FutureBase> waiting_on_;  // asyncio: _fut_waiter
  std::exception_ptr pending_;          // asyncio: _must_cancel
  std::unique_ptr<std::string> name_;   // none: "Task-" and the number
  std::uint64_t number_ = 0;
  std::source_location defined_at_;
  int cancel_requests_ = 0;
  bool suspended_ = false;
  bool cancel_on_its_way_ = false;  // it left a circle: the next step throws
  bool log_destroy_pending_ = true;
};

template <class T>
class TaskState final : public WithResult<T, TaskBase> {
 public:
  TaskState(EventLoop& loop, std::source_location where, Coroutine<T> coroutine,
            std::string name)
      : WithResult<T, TaskBase>(loop, where, *coroutine.promise(),
                                std::move(name)) {
    static_cast<void>(coroutine.release());  // nothing can fail any more
  }

 private:
  void finish_from(Frame& root) override {
    auto& promise = static_cast<Promise<T>&>(root);
    if constexpr (std::is_void_v<T>) {
      promise.take_result();
      this->value.emplace();
    } else {
      this->value.emplace(promise.take_result());
    }
  }
};

// The name of a task: a future whose result a coroutine gives.
template <class T = void>
class Task : public Future<T> {
 public:
  Task() = default;  // empty, to be assigned later
  explicit Task(common::Ref<TaskState<T>> state)
      : Future<T>(common::Ref<WithResult<T, TaskBase>>(std::move(state))) {}

  std::string get_name() const { return task().get_name(); }
  void set_name(std::string name) const { task().set_name(std::move(name)); }
  int cancelling() const { return task().cancelling(); }
  int uncancel() const { return task().uncancel(); }
  std::vector<const Frame*> get_stack() const { return task().get_stack(); }
  void print_stack(std::FILE* file = nullptr) const {
    task().print_stack(file);
  }
  void set_log_destroy_pending(common::Switch log) const {
    task().check_thread();
    task().set_log_destroy_pending(log);
  }

  // Through a Future these throw std::runtime_error. Here the compiler prints
  // the text.
  template <class... Values>
  void set_result(Values&&...) const {
    static_assert(std::is_same_v<void(Values...), void>,
                  "only its coroutine gives a task a result: co_return it");
  }
  template <class... Errors>
  void set_exception(Errors&&...) const {
    static_assert(
        std::is_same_v<void(Errors...), void>,
        "only its coroutine ends a task with an error: throw it there; "
        "from outside there is cancel()");
  }

 private:
  TaskBase& task() const { return static_cast<TaskBase&>(*this->base()); }
};

}  // namespace ch03
