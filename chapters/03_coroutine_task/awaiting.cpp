#include "chapters/03_coroutine_task/awaiting.hpp"

namespace ch03 {

using ch02::make_handle;

Ref<TaskBase> current_task() {
  const EventLoop& loop = get_running_loop();
  TaskBase* const task = TaskBase::current_or_null();
  return task && &task->get_loop() == &loop ? Ref(task) : nullptr;
}

std::vector<Ref<TaskBase>> all_tasks() {
  return get_running_loop().all_tasks();
}

// #region gather
void GatherBase::start() {
  // Those that are done already count at once: perhaps nobody need wait.
  for (const Ref<FutureBase>& child : children_) {
    if (child->done()) {
      child_done(*child);
      continue;
    }
    const auto done = [gathering = Ref(this), child = child.get()] {
      gathering->child_done(*child);
    };
    child->add_callback(make_handle<DoneHandle>(
        internal("gather.<locals>._done_callback", done), get_loop(),
        created_at()));
  }
  if (!children_.empty()) return;
  collect();
  finish(State::finished);
}

void GatherBase::child_done(FutureBase& child) {
  --left_;
  // Where errors are results, it is looked at with the others, at the end.
  if (done() || !return_exceptions_) child.ignore_exception();
  if (done()) return;
  if (!return_exceptions_) {
    try {
      child.check_result();
    } catch (...) {
      // A child's cancellation is an error of the gathering like any other.
      return finish(State::finished, std::current_exception());
    }
  }
  if (left_ > 0) return;
  if (cancel_requested_) {
    for (const Ref<FutureBase>& each : children_) each->ignore_exception();
    // With the message of the child that was the last, if it has one.
    try {
      if (child.cancelled()) child.check_result();
      throw CancelledError();
    } catch (const CancelledError&) {
      return finish(State::finished, std::current_exception());
    }
  }
  try {
    collect();
  } catch (...) {
    return finish(State::finished, std::current_exception());
  }
  finish(State::finished);
}

FutureBase* GatherBase::cancel_step(Cancel& cancel, bool first) {
  if (first) {
    cancel.heard = false;
    if (done()) return nullptr;
    next_to_cancel_ = 0;
    cancelled_any_ = circle_ = false;
  }
  // No answer is the next child's.
  cancelled_any_ = cancelled_any_ || cancel.heard;
  circle_ = std::exchange(cancel.circle, false) || circle_;
  if (next_to_cancel_ < children_.size()) {
    return children_[next_to_cancel_++].get();
  }
  cancel.heard = cancelled_any_;
  cancel.circle = circle_;
  cancel_requested_ = cancel_requested_ || cancelled_any_;
  return nullptr;
}
// #endregion gather

void ShieldBase::start(const Ref<FutureBase>& inner) {
  const auto inner_callback = make_handle<DoneHandle>(
      internal("shield.<locals>._inner_done_callback",
               [outer = Ref(this), inner = inner.get()] {
                 outer->inner_done(*inner);
               }),
      get_loop(), created_at());
  const auto outer_callback = make_handle<DoneHandle>(
      internal(
          "shield.<locals>._outer_done_callback",
          [inner, inner_callback] { inner->remove_callback(*inner_callback); }),
      get_loop(), created_at());
  inner->add_callback(inner_callback);
  add_callback(outer_callback);
}

void ShieldBase::inner_done(FutureBase& inner) {
  if (done()) return inner.ignore_exception();
  if (inner.cancelled()) {
    cancel();
    return;
  }
  try {
    take_over(inner);
  } catch (...) {
    return finish(State::finished, std::current_exception());
  }
  finish(State::finished);
}

TimeoutScope::TimeoutScope(common::Duration timeout, std::source_location where)
    : task_(TaskBase::current()),
      requests_before_(task_.cancelling()),
      // As in sleep(): the timer keeps the task alive until it has come.
      timer_(get_running_loop().call_later(
          timeout,
          internal("Timeout._on_timeout",
                   [this, sleeper = Ref(&task_)]() mutable {
                     const Ref<TaskBase> task = std::move(sleeper);
                     expired_ = true;
                     task->cancel();
                   }),
          where)) {}

TimeoutScope::~TimeoutScope() {
  timer_->discard();
  expired_alone();
}

bool TimeoutScope::expired_alone() {
  if (!std::exchange(expired_, false)) return false;
  return task_.take_request_back() <= requests_before_;
}

Coroutine<> cancel_and_wait(Ref<FutureBase> future,
                            std::source_location where) {
  EventLoop& loop = get_running_loop();
  const Future<> waiter = loop.create_future<>(where);
  const auto release = [waiter] {
    if (!waiter.done()) waiter.set_result();
  };
  const auto callback = make_handle<DoneHandle>(
      internal("_release_waiter", release), loop, where);
  future->add_callback(callback);
  future->cancel();
  try {
    co_await waiter;
  } catch (const CancelledError&) {
    future->remove_callback(*callback);
    throw;
  }
}

void cancel_all_tasks(EventLoop& loop) {
  const auto tasks = loop.all_tasks();
  if (tasks.empty()) return;
  std::vector<Ref<FutureBase>> futures;
  for (const Ref<TaskBase>& task : tasks) {
    task->cancel();
    futures.emplace_back(task);
  }
  loop.run_until_complete(make_gather<std::monostate>(
      std::move(futures), true, [] { return std::monostate(); },
      std::source_location::current()));
  for (const Ref<TaskBase>& task : tasks) {
    if (task->cancelled()) continue;
    if (const auto exception = task->exception()) {
      loop.call_exception_handler(
          {.message = "unhandled exception during asyncio.run() shutdown",
           .exception = exception,
           .values = {{"task", *task}}});
    }
  }
}

}  // namespace ch03
