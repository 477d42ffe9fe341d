#include "chapters/03_coroutine_task/awaiting.hpp"

namespace ch03 {

using ch02::make_handle;

Ref<TaskBase> current_task() {
  get_running_loop();  // or its error
  return Ref(TaskBase::current_or_null());
}

std::vector<Ref<TaskBase>> all_tasks() {
  return get_running_loop().all_tasks();
}

// #region gather
GatherBase::GatherBase(EventLoop& loop, std::source_location where,
                       std::vector<Ref<FutureBase>> children,
                       bool return_exceptions)
    : FutureBase(loop, where),
      children_(std::move(children)),
      left_(children_.size()),
      return_exceptions_(return_exceptions) {
  for (const Ref<FutureBase>& child : children_) {
    callbacks_.push_back(make_handle<DoneHandle>(
        named(
            "gather.<locals>._done_callback",
            [this, done = child.get()] { child_done(*done); }, std::nullopt),
        loop, where));
  }
}

GatherBase::~GatherBase() {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->remove_callback(*callbacks_[i]);
    callbacks_[i]->cancel();
  }
}

void GatherBase::start() {
  // Those that are done already count at once: perhaps nobody need wait.
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (children_[i]->done()) {
      child_done(*children_[i]);
    } else {
      children_[i]->add_callback(callbacks_[i]);
    }
  }
  if (!children_.empty()) return;
  collect();
  finish(State::finished);
}

void GatherBase::child_done(FutureBase& child) {
  --left_;
  child.ignore_exception();
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

bool GatherBase::cancel(std::optional<std::string> message) {
  // A child may wait, by way of others, for this gathering.
  if (done() || cancelling_) return false;
  cancelling_ = true;
  struct Leave {  // also when a child's cancel() throws
    bool& cancelling;
    ~Leave() { cancelling = false; }
  } const leave{cancelling_};
  bool any = false;
  for (const Ref<FutureBase>& child : children_) {
    any = child->cancel(message) || any;
  }
  cancel_requested_ = cancel_requested_ || any;
  return any;
}
// #endregion gather

ShieldBase::ShieldBase(EventLoop& loop, std::source_location where,
                       Ref<FutureBase> inner)
    : FutureBase(loop, where),
      inner_(std::move(inner)),
      callback_(
          make_handle<DoneHandle>(named(
                                      "shield.<locals>._inner_done_callback",
                                      [this] { inner_done(); }, std::nullopt),
                                  loop, where)) {
  inner_->add_callback(callback_);
}

ShieldBase::~ShieldBase() {
  inner_->remove_callback(*callback_);
  callback_->cancel();
}

void ShieldBase::inner_done() {
  if (done()) {
    inner_->ignore_exception();
    return;
  }
  if (inner_->cancelled()) {
    cancel();
    return;
  }
  try {
    take_over();
  } catch (...) {
    return finish(State::finished, std::current_exception());
  }
  finish(State::finished);
}

TimeoutScope::TimeoutScope(std::chrono::nanoseconds timeout,
                           std::source_location where)
    : task_(*current_task()),
      requests_before_(task_.cancelling()),
      // As in sleep(): the timer keeps the task alive until it has come.
      timer_(get_running_loop().call_later(
          timeout,
          named(
              "Timeout._on_timeout",
              [this, sleeper = Ref(&task_)]() mutable {
                const Ref<TaskBase> task = std::move(sleeper);
                expired_ = true;
                task->cancel();
              },
              std::nullopt),
          where)) {}

TimeoutScope::~TimeoutScope() {
  timer_->cancel();
  expired_alone();
}

bool TimeoutScope::expired_alone() {
  if (!std::exchange(expired_, false)) return false;
  return task_.uncancel() <= requests_before_;
}

Coroutine<> cancel_and_wait(Ref<FutureBase> future,
                            std::source_location where) {
  EventLoop& loop = get_running_loop();
  const Future<> waiter = loop.create_future<>(where);
  const auto release = [waiter] {
    if (!waiter.done()) waiter.set_result();
  };
  const auto callback = make_handle<DoneHandle>(
      named("_release_waiter", release, std::nullopt), loop, where);
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
