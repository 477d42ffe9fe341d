// A result that may not be there yet.
#pragma once

#include <concepts>
#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "chapters/02_event_loop/handle.hpp"
#include "chapters/03_coroutine_task/errors.hpp"

namespace ch02 {
class EventLoop;
}

namespace ch03 {

class EventLoop;
class TaskBase;
class DoneHandle;

// void as a value: Future<void> holds nothing, gather() of it too.
template <class T>
using ValueOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

// #region future_base
// A future without its result's type: state, error, and who waits for it.
// asyncio: futures.Future
class FutureBase : public ch02::LoopObject {
 public:
  enum class State { pending, cancelled, finished };

  FutureBase(EventLoop& loop, std::source_location where);

  bool done() const { return state_ != State::pending; }
  bool cancelled() const { return state_ == State::cancelled; }
  // The error, or an empty pointer. Throws InvalidStateError while pending,
  // CancelledError when cancelled.
  std::exception_ptr exception();
  // Throws the error, if there is one; same exceptions as exception().
  void check_result();
  void set_exception(std::exception_ptr exception);
  // Wakes all who wait, with CancelledError; on a closed loop, nobody. False if
  // it was done already.
  virtual bool cancel(std::optional<std::string> message = {});

  // Nobody will be told that the exception was never looked at.
  void ignore_exception() { exception_unseen_ = false; }
  bool exception_unseen() const { return exception_unseen_; }

  // Throw std::runtime_error when the loop has been destroyed.
  EventLoop& get_loop() const;
  ch02::EventLoop& any_loop() const;
  using LoopObject::repr;
  // <Future finished result=42 created at FILE:LINE>
  std::string repr(common::Detail detail) const override;

  // Puts the handle among the callbacks, or into the ready queue if the
  // future is done.
  void add_callback(common::Ref<DoneHandle> handle);
  // How many were removed: 0 or 1.
  std::size_t remove_callback(const ch02::Handle& handle);
  // #endregion future_base

 protected:
  ~FutureBase() override;
  void dispose() noexcept override;

  State state() const { return state_; }
  // Throw before anything changes: done already, wrong thread, closed loop.
  void check_can_finish();
  void finish(State state, std::exception_ptr exception = nullptr);
  virtual void check_settable(const char*) const {}

  virtual std::string_view class_name() const { return "Future"; }
  virtual std::string state_text() const;
  virtual std::string detail_text(common::Detail) const { return ""; }
  virtual std::string result_text() const = 0;

 private:
  friend class EventLoop;
  friend class TaskBase;
  template <class T>
  friend class Future;

  void wake_waiters();
  std::string callbacks_text() const;
  void leave_loop();  // The loop ends before the future does.
  virtual void abandon() {}

  State state_ = State::pending;
  bool exception_unseen_ = false;
  mutable bool in_repr_ = false;
  std::exception_ptr exception_;
  // Tasks and done callbacks. A callback's handle is owned by this queue; a
  // task is not: waiting alone does not keep a task alive.
  ch02::ObjectQueue waiters_;
  FutureBase* next_in_loop_ = nullptr;
  FutureBase* previous_in_loop_ = nullptr;
  FutureBase* next_dying_ = nullptr;
};

// A done callback: it keeps its future alive from the moment it is due.
class DoneHandle : public ch02::Handle {
 public:
  using Handle::Handle;

 private:
  friend class FutureBase;
  common::Ref<FutureBase> future_;
};

// Adds the result to FutureBase or TaskBase.
template <class T, class Base>
class WithResult : public Base {
 public:
  using Base::Base;
  std::optional<ValueOf<T>> value;

 private:
  std::string result_text() const override {
    if constexpr (std::is_void_v<T>) {
      return "None";
    } else {
      return common::short_repr(*value);
    }
  }
};
template <class T>
using FutureState = WithResult<T, FutureBase>;

// #region future
// The name of a future: copies name the same one, as variables do in Python.
template <class T = void>
class Future {
 public:
  using value_type = T;

  bool done() const { return base_->done(); }
  bool cancelled() const { return base_->cancelled(); }
  // Throws the future's error, InvalidStateError while it is pending, and
  // CancelledError when it was cancelled.
  const ValueOf<T>& result() const {
    base_->check_result();
    return **value_;
  }
  std::exception_ptr exception() const { return base_->exception(); }

  // Throw InvalidStateError when the future is done already.
  void set_result(ValueOf<T> value) const
    requires(!std::is_void_v<T>)
  {
    finish_with(std::move(value));
  }
  void set_result() const
    requires std::is_void_v<T>
  {
    finish_with({});
  }
  void set_exception(std::exception_ptr exception) const {
    base_->set_exception(std::move(exception));
  }
  template <class Error>
    requires(!std::is_convertible_v<Error, std::exception_ptr>)
  void set_exception(Error error) const {
    base_->set_exception(std::make_exception_ptr(std::move(error)));
  }
  // Wakes all who wait, with CancelledError. False if it was done already.
  bool cancel(std::optional<std::string> message = {}) const {
    return base_->cancel(std::move(message));
  }

  // Calls callback(future) in the iteration after the one that finishes it.
  template <std::invocable<Future> F>
  common::Ref<ch02::Handle> add_done_callback(
      F callback,
      std::source_location where = std::source_location::current()) const {
    return add(std::move(callback), ch02::TypeLabel<F>{}, where);
  }
  template <std::invocable<Future> F>
  common::Ref<ch02::Handle> add_done_callback(
      ch02::Named<F> callback,
      std::source_location where = std::source_location::current()) const {
    return add(std::move(callback.function), callback.label, where);
  }
  // How many were removed: 0 or 1. Lambdas cannot be compared, so it wants
  // what add_done_callback() returned.
  std::size_t remove_done_callback(
      const common::Ref<ch02::Handle>& handle) const {
    return base_->remove_callback(*handle);
  }

  EventLoop& get_loop() const { return base_->get_loop(); }
  std::string repr() const { return base_->repr(); }
  const common::Ref<FutureBase>& base() const { return base_; }
  // The result for one who awaits: a copy, or the value itself if it cannot
  // be copied.  Throws as result().
  ValueOf<T> take_result() const {
    base_->check_result();
    if constexpr (std::is_copy_constructible_v<ValueOf<T>>) {
      return **value_;
    } else {
      return std::move(**value_);
    }
  }

  friend bool operator==(const Future& a, const Future& b) {
    return a.base_ == b.base_;
  }
  // #endregion future

  template <class Base>
  explicit Future(common::Ref<WithResult<T, Base>> state)
      : value_(&state->value), base_(std::move(state)) {}

 private:
  Future(std::optional<ValueOf<T>>* value, common::Ref<FutureBase> base)
      : value_(value), base_(std::move(base)) {}

  void finish_with(ValueOf<T> value) const {
    base_->check_settable("set_result");
    base_->check_can_finish();
    value_->emplace(std::move(value));
    base_->finish(FutureBase::State::finished);
  }
  template <class F, class Label>
  common::Ref<ch02::Handle> add(F callback, Label label,
                                std::source_location where) const;

  std::optional<ValueOf<T>>* value_;  // in *base_
  common::Ref<FutureBase> base_;
};

template <class T>
template <class F, class Label>
common::Ref<ch02::Handle> Future<T>::add(F callback, Label label,
                                         std::source_location where) const {
  // The handle keeps the future alive when it is due, not while it waits: the
  // future owns it then.
  auto call = [callback = std::move(callback), value = value_,
               base = base_.get()]() mutable {
    callback(Future(value, common::Ref<FutureBase>(base)));
  };
  common::Ref<DoneHandle> handle(
      new ch02::Callback<DoneHandle, decltype(call), Label>(
          std::move(call), label, base_->any_loop(), where));
  base_->add_callback(handle);
  return handle;
}

}  // namespace ch03
