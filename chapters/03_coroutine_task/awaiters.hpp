// How co_await works on a coroutine and on a future.
#pragma once

#include <coroutine>
#include <source_location>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "chapters/03_coroutine_task/coroutine.hpp"
#include "chapters/03_coroutine_task/future.hpp"
#include "chapters/03_coroutine_task/task.hpp"

namespace ch03 {

template <class T>
inline void PromiseBase<T>::hand_back() noexcept {
  TaskBase::current().pop(*this);
}

// co_await coroutine: the callee becomes the top of the task's chain.
template <class T>
class CoroutineAwaiter {
 public:
  CoroutineAwaiter(Promise<T>& callee, Frame& caller)
      : callee_(callee), caller_(caller) {}

  // #region await_coroutine
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) const {
    TaskBase::current().push(callee_, caller_);
  }
  T await_resume() const {
    // Destroys the frame, which has ended; the result outlives it.
    struct Destroy {
      Frame& frame;
      ~Destroy() { frame.destroy(); }
    } const destroy{callee_};
    return callee_.take_result();
  }
  // #endregion await_coroutine

 private:
  Promise<T>& callee_;
  Frame& caller_;
};

// co_await future: does not wait at all if it is done.
template <class T>
class FutureAwaiter {
 public:
  explicit FutureAwaiter(Future<T> future) : future_(std::move(future)) {}

  // #region await_future
  bool await_ready() const { return future_.done(); }
  void await_suspend(std::coroutine_handle<>) {
    waited_ = true;
    TaskBase::current().start_waiting(*future_.base());
  }
  // #endregion await_future
  T await_resume() const {
    if (waited_) TaskBase::current().throw_pending(*future_.base());
    if constexpr (std::is_void_v<T>) {
      future_.base()->check_result();
    } else {
      return future_.take_result();
    }
  }

 private:
  Future<T> future_;
  bool waited_ = false;
};

template <class T>
template <class U>
CoroutineAwaiter<U> PromiseBase<T>::await_transform(
    Coroutine<U>&& coroutine, std::source_location where) {
  this->stand_at(where);
  if (!coroutine) {
    throw std::runtime_error("cannot reuse already awaited coroutine");
  }
  return {*coroutine.release(), *this};
}

template <class T>
template <class U>
FutureAwaiter<U> PromiseBase<T>::await_transform(Future<U> future,
                                                 std::source_location where) {
  this->stand_at(where);
  return FutureAwaiter<U>(std::move(future));
}

}  // namespace ch03
