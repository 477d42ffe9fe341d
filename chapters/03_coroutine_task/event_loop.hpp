// The loop of chapter 2, with tasks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"
#include "chapters/03_coroutine_task/awaiters.hpp"
#include "chapters/03_coroutine_task/task.hpp"

namespace ch03 {

// Chapter 2's names that stay as they are. A chapter's own names come first:
// here EventLoop is ch03::EventLoop.
using namespace ch02;
using common::Ref;

// The changes in the life of a future or a task.
enum class Change {
  create,  // a task enters the loop
  cancel,  // a task is asked to stop
  wait,    // a task begins to wait
  wake,    // a waiting task returns to the ready queue
  finish,  // it gets its result, its error, or is cancelled
  drop     // the last reference is gone: it is about to be destroyed
};

// asyncio: base_events.BaseEventLoop
class EventLoop : public ch02::EventLoop {
 public:
  // Not inherited: an inherited default argument would give this line.
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current());
  ~EventLoop() override;

  // All except create_future throw std::runtime_error on a closed loop.
  template <class T = void>
  [[nodiscard]] Future<T> create_future(Place where = Place::current()) {
    check_thread();
    return Future<T>(Ref(new FutureState<T>(*this, where)));
  }
  // Schedules the first step. Keep the task: it lives while you hold it.
  template <class T>
  [[nodiscard]] Task<T> create_task(Coroutine<T> coroutine,
                                    std::string name = {},
                                    Place where = Place::current()) {
    check_coroutine(static_cast<bool>(coroutine));
    check_closed();
    check_thread();
    Ref task(
        new TaskState<T>(*this, where, std::move(coroutine), std::move(name)));
    start(*task);
    return Task<T>(std::move(task));
  }
  [[nodiscard]] Task<> create_task(Sleep sleep, std::string name = {},
                                   Place where = Place::current());

  // Runs the loop until the future is done, and one iteration more; returns
  // the result or throws the error. A coroutine becomes a task.
  // Throws std::runtime_error "Event loop stopped before Future completed."
  template <class T>
  T run_until_complete(Future<T> future, Place where = Place::current()) {
    run_until_done(*future.base(), where);
    if constexpr (std::is_void_v<T>) {
      future.result();
    } else {
      return future.take_result();
    }
  }
  template <class T>
  T run_until_complete(Coroutine<T> coroutine, Place where = Place::current()) {
    check_can_run();
    const Task<T> task = create_task(std::move(coroutine), {}, where);
    task.set_log_destroy_pending(false);  // no one else could have kept it
    return run_until_complete<T>(task, where);
  }
  void run_until_complete(Sleep sleep, Place where = Place::current());

  // The tasks of this loop that are not done, oldest first.
  [[nodiscard]] std::vector<Ref<TaskBase>> all_tasks() const;

  // Throws std::invalid_argument if the future belongs to another loop.
  void check_future(const FutureBase& future) const;

 protected:
  // Chapter 3's seam: something happens to a future or a task. A future changes
  // before any handle is accepted, so it asks check_thread() first.
  virtual void changing(FutureBase&, Change) noexcept {}
  // #region moving
  // The chapter's second seam: a coroutine moves, in a step of one of this
  // loop's tasks. Only a loop that listens is told.
  virtual void moving(const Frame&, Move) noexcept {}
  // #endregion moving
  // While it lives, the loop listens to what happens on this thread.
  class Listening {
   public:
    explicit Listening(EventLoop& loop)
        : before_(std::exchange(Frame::listener_, &loop)) {}
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() { Frame::listener_ = before_; }

   private:
    EventLoop* before_;
  };
  // How many futures and tasks have been destroyed.
  std::uint64_t dropped() const { return dropped_; }

 private:
  friend class Frame;
  friend class FutureBase;
  friend class TaskBase;

  static void check_coroutine(bool has_frame);
  void check_can_run() const;
  void start(TaskBase& task);
  void run_until_done(FutureBase& future, Place where);

  // Every future and task that is alive: each learns when the loop ends.
  FutureBase* first_future_ = nullptr;
  FutureBase* last_future_ = nullptr;
  std::uint64_t dropped_ = 0;
  bool ending_ = false;  // the parts of the later chapters are gone already
};

// The loop that runs on this thread, as this chapter knows it; as a later one
// does: get_running_loop<ch07::EventLoop>().  Throw std::runtime_error.
template <class Loop = EventLoop>
Loop& get_running_loop() {
  return ch02::loop_as<Loop>(ch02::get_running_loop());
}
template <class Loop = EventLoop>
Loop& get_event_loop() {
  return ch02::loop_as<Loop>(ch02::get_event_loop());
}

// The task that runs now, or nullptr in a plain callback. Throws
// std::runtime_error when no loop runs.
[[nodiscard]] Ref<TaskBase> current_task();
// The same for the running loop.
[[nodiscard]] std::vector<Ref<TaskBase>> all_tasks();

}  // namespace ch03
