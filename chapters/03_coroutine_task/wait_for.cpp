#include "chapters/03_coroutine_task/wait_for.hpp"

namespace ch03 {

using ch02::make_handle;

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
  inner_ = inner.get();
  inner->add_callback(inner_callback);
  add_callback(outer_callback);
}

std::vector<FutureBase*> ShieldBase::waits_for() const {
  if (done()) return {};
  return {inner_};
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
      // As in sleep(): the timer keeps the task alive until it fires.
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

namespace {

// The future of cancel_and_wait(): it is done when another one is.
class EndWaiter final : public FutureState<void> {
 public:
  EndWaiter(EventLoop& loop, std::source_location where, FutureBase& other)
      : FutureState<void>(loop, where), other_(other) {}
  std::vector<FutureBase*> waits_for() const override {
    if (done()) return {};
    return {&other_};
  }

 private:
  FutureBase& other_;  // the coroutine holds it
};

}  // namespace

Coroutine<> cancel_and_wait(Ref<FutureBase> future,
                            std::source_location where) {
  EventLoop& loop = get_running_loop();
  const Future<> waiter(
      Ref<FutureState<void>>(new EndWaiter(loop, where, *future)));
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

}  // namespace ch03
