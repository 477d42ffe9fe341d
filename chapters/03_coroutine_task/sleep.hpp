// sleep(): time as something to await.
#pragma once

#include <chrono>
#include <coroutine>
#include <source_location>
#include <utility>

#include "chapters/02_event_loop/handle.hpp"
#include "chapters/03_coroutine_task/awaiters.hpp"
#include "common/clock.hpp"

namespace ch03 {

// The return value of sleep(): co_await it, or make it a task.
struct [[nodiscard]] Sleep {
  std::chrono::nanoseconds delay;
};

// A sleep of zero or less gives one iteration to the others.
class SleepAwaiter {
 public:
  SleepAwaiter(Sleep sleep, std::source_location where)
      : delay_(sleep.delay), where_(where) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter();

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume() const;

 private:
  std::chrono::nanoseconds delay_;
  std::source_location where_;
  common::Ref<FutureBase> future_;
  common::Ref<ch02::TimerHandle> timer_;
};
// #region await_sleep
template <class T>
SleepAwaiter PromiseBase<T>::await_transform(Sleep sleep,
                                             std::source_location where) {
  this->stand_at(where);
  return SleepAwaiter(sleep, where);
}
// #endregion await_sleep

// Waits that long; zero or less gives one iteration to the others.
inline Sleep sleep(common::Duration delay) { return {delay}; }
// The same as a coroutine, which can become a task.
Coroutine<> sleep(Sleep awaited, std::source_location where);
// The same with a result.
template <class T>
Coroutine<T> sleep(common::Duration delay, T result) {
  co_await sleep(delay);
  co_return result;
}

}  // namespace ch03
