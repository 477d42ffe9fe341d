#include "chapters/03_coroutine_task/event_loop.hpp"

#include <algorithm>
#include <exception>

#include "chapters/03_coroutine_task/sleep.hpp"

namespace ch03 {

namespace {

// Takes a callback out of its future at the end of a run. As in CPython, one
// that is already in the ready queue stays, except after an error: then it must
// not stop the next run.
struct Removal {
  FutureBase& future;
  DoneHandle& callback;
  int errors = std::uncaught_exceptions();
  ~Removal() {
    future.remove_callback(callback);
    if (std::uncaught_exceptions() > errors) callback.discard();
  }
};

}  // namespace

EventLoop::EventLoop(common::Clock& clock,
                     std::unique_ptr<ch01::Selector> selector, Place where)
    : ch02::EventLoop(clock, std::move(selector), where) {}

EventLoop::~EventLoop() {
  // The futures that are left belong to no loop from now on. They may hold each
  // other: the list changes while it is emptied.
  if (!is_closed()) ch02::EventLoop::close();
  ending_ = true;
  while (first_future_) {
    const Ref<FutureBase> future(first_future_);
    first_future_ = future->next_in_loop_;
    (first_future_ ? first_future_->previous_in_loop_ : last_future_) = nullptr;
    future->next_in_loop_ = nullptr;
    future->outlive_loop();
  }
}

void EventLoop::check_coroutine(bool has_frame) {
  if (!has_frame) {
    throw std::invalid_argument("a coroutine was expected, got None");
  }
}

void EventLoop::check_future(const FutureBase& future) const {
  if (&future.get_loop() != this) {
    throw std::invalid_argument(
        "The future belongs to a different loop than the one specified as the "
        "loop argument");
  }
}

void EventLoop::check_can_run() const {
  check_closed();
  if (is_running()) {
    throw std::runtime_error("This event loop is already running");
  }
  if (ch02::get_running_loop_or_null()) {
    throw std::runtime_error(
        "Cannot run the event loop while another loop is running");
  }
}

// #region first_step
void EventLoop::start(TaskBase& task) {
  changing(task, Change::create);
  schedule(task);
}
// #endregion first_step

Task<> EventLoop::create_task(Sleep awaited, std::string name, Place where) {
  return create_task(ch03::sleep(awaited, where), std::move(name), where);
}

void EventLoop::run_until_complete(Sleep sleep, Place where) {
  check_can_run();
  run_until_complete<void>(ch03::sleep(sleep, where), where);
}

// #region run_until_complete
void EventLoop::run_until_done(FutureBase& future, Place where) {
  check_can_run();
  check_future(future);
  const Ref<DoneHandle> stop_loop = ch02::make_handle<DoneHandle>(
      internal("_run_until_complete_cb", [this] { stop(); }), *this, where);
  future.add_callback(stop_loop);
  const Removal at_the_end{future, *stop_loop};
  run_forever();
  if (!future.done()) {
    throw std::runtime_error("Event loop stopped before Future completed.");
  }
}
// #endregion run_until_complete

std::vector<Ref<TaskBase>> EventLoop::all_tasks() const {
  check_thread();
  std::vector<Ref<TaskBase>> tasks;
  for (FutureBase* future = first_future_; future;
       future = future->next_in_loop_) {
    auto* const task = dynamic_cast<TaskBase*>(future);
    if (task && !task->done() && !task->dying_) tasks.emplace_back(task);
  }
  return tasks;
}

Ref<TaskBase> current_task() {
  const EventLoop& loop = get_running_loop();
  TaskBase* const task = TaskBase::current_or_null();
  return task && &task->get_loop() == &loop ? Ref(task) : nullptr;
}

std::vector<Ref<TaskBase>> all_tasks() {
  return get_running_loop().all_tasks();
}

}  // namespace ch03
