#include "chapters/03_coroutine_task/sleep.hpp"

#include "chapters/03_coroutine_task/event_loop.hpp"

namespace ch03 {

// Defined beside the caller that has to be fast, into which it is inlined.
void TaskBase::yield() {
  get_loop().schedule(*this);
  suspended_ = true;
}

SleepAwaiter::~SleepAwaiter() {
  if (timer_) timer_->discard();
}

void SleepAwaiter::await_suspend(std::coroutine_handle<>) {
  TaskBase& task = TaskBase::current();
  if (delay_ <= std::chrono::nanoseconds(0)) return task.yield();
  // #region sleep_waits
  EventLoop& loop = task.get_loop();
  const Future<> future = loop.create_future(where_);
  future_ = future.base();
  // The timer keeps the task alive: a sleeper needs no other reference.
  timer_ = loop.call_later(delay_,
                           internal("_set_result_unless_cancelled",
                                    [future, sleeper = Ref(&task)]() mutable {
                                      const Ref woken = std::move(sleeper);
                                      if (!future.done()) future.set_result();
                                    }),
                           where_);
  task.start_waiting(*future_);
  // #endregion sleep_waits
}

void SleepAwaiter::await_resume() const {
  TaskBase::current().throw_pending();
  if (future_) future_->check_result();
}

Coroutine<> sleep(Sleep awaited, std::source_location) { co_await awaited; }

}  // namespace ch03
