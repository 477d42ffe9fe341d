// Limits to waiting: shield() against a cancellation, wait_for() in time.
#pragma once

#include <chrono>
#include <optional>
#include <source_location>
#include <utility>
#include <vector>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace ch03 {

// The future of shield(): it takes over the outcome of another future. Until
// one of them is done, its done callback holds the other one.
class ShieldBase : public FutureBase {
 public:
  using FutureBase::FutureBase;
  void start(const Ref<FutureBase>& inner);  // Call it when a Ref holds it.
  std::vector<FutureBase*> waits_for() const override;

 private:
  virtual void take_over(FutureBase& inner) = 0;  // the result
  void inner_done(FutureBase& inner);

  FutureBase* inner_ = nullptr;  // until this one is done
};

template <class T>
class Shield final : public WithResult<T, ShieldBase> {
 public:
  Shield(EventLoop& loop, std::source_location where, const Future<T>& inner)
      : WithResult<T, ShieldBase>(loop, where), inner_value_(inner.value_) {}

 private:
  void take_over(FutureBase& inner) override {
    this->value.emplace(Future<T>(inner_value_, Ref(&inner)).take_result());
  }
  std::optional<ValueOf<T>>* inner_value_;
};

// Waits for something that must not be cancelled with the task that waits. Keep
// the inner task: it goes on, but only while you hold it. asyncio.shield
template <class Awaitable>
[[nodiscard]] Future<ResultOf<Awaitable>> shield(
    Awaitable awaitable,
    std::source_location where = std::source_location::current()) {
  using T = ResultOf<Awaitable>;
  Future<T> inner = ensure_future(std::move(awaitable), where);
  inner.base()->check_thread();
  if (inner.done()) return inner;
  const Ref outer(new Shield<T>(inner.get_loop(), where, inner));
  outer->start(inner.base());
  return Future<T>(Ref<WithResult<T, ShieldBase>>(outer));
}

// A timer that cancels the current task, unless its scope is left before.
class TimeoutScope {
 public:
  TimeoutScope(common::Duration timeout, std::source_location where);
  TimeoutScope(const TimeoutScope&) = delete;
  TimeoutScope& operator=(const TimeoutScope&) = delete;
  ~TimeoutScope();

  // Withdraws this timeout's request. After a CancelledError: was it the only
  // request?
  bool expired_alone();

 private:
  TaskBase& task_;  // its coroutine holds this scope
  int requests_before_;
  bool expired_ = false;
  Ref<TimerHandle> timer_;
};

// Cancels the future and waits for its end, of whatever kind. A cancellation of
// the waiting task is not mistaken for the future's.  asyncio: _cancel_and_wait
Coroutine<> cancel_and_wait(Ref<FutureBase> future, std::source_location where);

// The result, or TimeoutError when it takes longer; in that case the awaitable
// is cancelled first, and has had time to clean up. Without a timeout there is
// no limit.  asyncio.wait_for
template <class Awaitable>
Coroutine<ResultOf<Awaitable>> wait_for(
    Awaitable awaitable, std::optional<common::Duration> timeout,
    std::source_location where = std::source_location::current()) {
  if (!timeout) co_return co_await std::move(awaitable);
  if (*timeout <= std::chrono::nanoseconds(0)) {
    // No time at all: only an awaitable that is done gives a result.
    const auto future = ensure_future(std::move(awaitable), where);
    if (future.done()) co_return co_await future;
    co_await cancel_and_wait(future.base(), where);
    try {
      co_return co_await future;
    } catch (const CancelledError&) {
      throw TimeoutError();
    }
  }
  // #region within
  TimeoutScope scope(*timeout, where);
  try {
    co_return co_await std::move(awaitable);
  } catch (const CancelledError&) {
    if (!scope.expired_alone()) throw;
    throw TimeoutError();
  }
  // #endregion within
}

}  // namespace ch03
