// A result that may not be there yet.
#pragma once

#include <concepts>
#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <tuple>
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

[[noreturn]] void throw_empty();

// void as a value: Future<void> holds nothing, gather() of it too.
template <class T>
using ValueOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

// Can a value be copied? A container of what cannot says that it can, and so
// does all that holds the container.
template <class T>
struct Copyable : std::is_copy_constructible<T> {};
template <class T>
  requires(!std::is_same_v<typename T::value_type, T>)
struct Copyable<T> : std::conjunction<std::is_copy_constructible<T>,
                                      Copyable<typename T::value_type>> {};
template <class... T>
struct Copyable<std::tuple<T...>> : std::conjunction<Copyable<T>...> {};
template <class... T>
struct Copyable<std::variant<T...>> : std::conjunction<Copyable<T>...> {};
template <class A, class B>
struct Copyable<std::pair<A, B>> : std::conjunction<Copyable<A>, Copyable<B>> {
};

// A future without its result's type: state, error, and who waits for it.
// asyncio: futures.Future
class FutureBase : public ch02::LoopObject {
 public:
  enum class State { pending, cancelled, finished };
  using Place = std::source_location;

  FutureBase(EventLoop& loop, Place where);

  bool done() const { return state_ != State::pending; }
  bool cancelled() const { return state_ == State::cancelled; }
  // The error, or an empty pointer. Throws InvalidStateError while pending,
  // CancelledError when cancelled.
  std::exception_ptr exception();
  // Throws the error, if there is one; same exceptions as exception().
  void check_result();
  void set_exception(std::exception_ptr exception, const Place& where);
  // Wakes all that wait, with CancelledError; on a closed loop, none of them.
  // False if it was done already.
  bool cancel(std::optional<std::string> message = {},
              Place where = Place::current());

  // Nobody will be told that the exception was never looked at.
  void ignore_exception() { exception_unseen_ = false; }
  bool exception_unseen() const { return exception_unseen_; }
  // Python's name of its class.
  virtual std::string_view class_name() const { return "Future"; }

  // In debug mode throws std::runtime_error in another thread than the loop's.
  // Comes first wherever something is changed: even to look at the state would
  // be a race.
  void check_thread() const;
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

 protected:
  ~FutureBase() override;
  void dispose() noexcept override;

  State state() const { return state_; }
  // Throws before anything changes: wrong thread, done already, closed loop.
  void check_can_finish();
  // The callbacks' handles get the place, if there is one.
  void finish(State state, std::exception_ptr exception = nullptr,
              const Place* where = nullptr);

  // A cancel() on its way from what was asked to what that waits for, and on.
  struct Cancel {
    std::exception_ptr error;
    Place where;
    bool heard = false;   // by the last one that was asked
    bool circle = false;  // it came back to one that is on the way: who waits
                          // for that one hears, and must leave the circle
  };
  // Returns who has to be asked before; or nullptr, and sets `heard`. Called
  // first when the future is reached, and after each one that it named.
  virtual FutureBase* cancel_step(Cancel& cancel, bool first);
  // Goes the way, without a stack as long: who waits for whom may be nested as
  // deep as a program likes. Throws nothing.
  bool go_and_cancel(Cancel& cancel);
  virtual void check_settable(const char*) const {}

  virtual std::string state_text() const;
  virtual std::string detail_text(common::Detail) const { return ""; }
  virtual std::string result_text() const = 0;

 private:
  friend class EventLoop;
  friend class TaskBase;
  template <class T>
  friend class Future;

  void wake_waiters(const Place* where);
  std::string callbacks_text() const;
  void outlive_loop();  // The loop ends before the future does.
  void drop() noexcept;
  virtual void abandon() {}

  State state_ = State::pending;
  bool exception_unseen_ = false;
  bool on_cancel_way_ = false;
  bool dying_ = false;  // dropped: all_tasks() gives it to nobody
  mutable bool in_repr_ = false;
  std::exception_ptr exception_;
  // Tasks and done callbacks. A callback's handle is owned by this queue; a
  // task is not: waiting alone does not keep a task alive.
  ch02::ObjectQueue waiters_;
  FutureBase* next_in_loop_ = nullptr;
  FutureBase* previous_in_loop_ = nullptr;
  FutureBase* link_ = nullptr;  // in the row of the dying, or a cancel()'s way
};

// Called for a future that is dropped after its loop. It is one function for
// the process, as such a future belongs to no loop. nullptr: say nothing.
using OrphanHook = void (*)(FutureBase&) noexcept;
void set_orphan_hook(OrphanHook hook);

// A done callback: it keeps its future alive from the moment it is due.
class DoneHandle : public ch02::Handle {
 public:
  using Handle::Handle;
  using Place = std::source_location;

  // It was created where the future got its result, if that is known.
  void become_due(FutureBase& future, const Place* where);

 protected:
  void run() noexcept override {
    Handle::run();
    future_ = nullptr;
  }

 private:
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
      return common::short_repr<std::remove_cv_t<T>>(*value);
    }
  }
};
template <class T>
using FutureState = WithResult<T, FutureBase>;

// The name of a future: copies name the same one, as variables do in Python.
template <class T = void>
class Future {
 public:
  using value_type = T;
  using Place = std::source_location;

  // Names none yet: to be assigned later. Until then all calls, but for the
  // comparison and this question, throw InvalidStateError.
  Future() = default;
  explicit operator bool() const { return static_cast<bool>(base_); }

  bool done() const { return base()->done(); }
  bool cancelled() const { return base()->cancelled(); }
  // Throws the future's error, InvalidStateError while it is pending, and
  // CancelledError when it was cancelled.
  const ValueOf<T>& result() const {
    base()->check_thread();
    base_->check_result();
    return **value_;
  }
  std::exception_ptr exception() const {
    base()->check_thread();
    return base_->exception();
  }

  // Throw InvalidStateError when the future is done already. The done
  // callbacks' handles are created at that line.
  void set_result(ValueOf<T> value, Place where = Place::current()) const
    requires(!std::is_void_v<T>)
  {
    finish_with(std::move(value), where);
  }
  void set_result(Place where = Place::current()) const
    requires std::is_void_v<T>
  {
    finish_with({}, where);
  }
  void set_exception(std::exception_ptr exception,
                     Place where = Place::current()) const {
    base()->set_exception(std::move(exception), where);
  }
  template <class Error>
    requires(!std::is_convertible_v<Error, std::exception_ptr>)
  void set_exception(Error error, Place where = Place::current()) const {
    base()->set_exception(std::make_exception_ptr(std::move(error)), where);
  }
  // Wakes all that wait, with CancelledError. False if it was done already.
  bool cancel(std::optional<std::string> message = {},
              Place where = Place::current()) const {
    return base()->cancel(std::move(message), where);
  }

  // Calls callback(future) in the iteration after the one that finishes it.
  template <std::invocable<Future> F>
  common::Ref<ch02::Handle> add_done_callback(
      F callback, Place where = Place::current()) const {
    return add(ch02::Named<F, ch02::NoLabel>{{}, std::move(callback)}, where);
  }
  template <std::invocable<Future> F, class Label>
  common::Ref<ch02::Handle> add_done_callback(
      ch02::Named<F, Label> callback, Place where = Place::current()) const {
    return add(std::move(callback), where);
  }
  // How many were removed: 0 or 1. Lambdas cannot be compared, so it wants
  // what add_done_callback() returned.
  std::size_t remove_done_callback(
      const common::Ref<ch02::Handle>& handle) const {
    base()->check_thread();
    return handle ? base_->remove_callback(*handle) : 0;
  }

  EventLoop& get_loop() const { return base()->get_loop(); }
  std::string repr() const {
    const common::Ref<FutureBase> held =
        base();  // whatever a result's repr does
    return held->repr();
  }
  const common::Ref<FutureBase>& base() const {
    if (!base_) throw_empty();
    return base_;
  }
  // The result for an await: a copy, or the value itself if it cannot be
  // copied.  Throws as result(), and does not ask for the thread.
  ValueOf<T> take_result() const {
    base()->check_result();
    if constexpr (Copyable<ValueOf<T>>::value) {
      return **value_;
    } else {
      return std::move(**value_);
    }
  }

  friend bool operator==(const Future& a, const Future& b) {
    return a.base_ == b.base_;
  }

  template <class Base>
  explicit Future(common::Ref<WithResult<T, Base>> state)
      : value_(&state->value), base_(std::move(state)) {}

 private:
  template <class U>
  friend class Shield;

  Future(std::optional<ValueOf<T>>* value, common::Ref<FutureBase> base)
      : value_(value), base_(std::move(base)) {}

  void finish_with(ValueOf<T> value, const Place& where) const {
    base()->check_settable("set_result");
    base_->check_can_finish();
    value_->emplace(std::move(value));
    base_->finish(FutureBase::State::finished, nullptr, &where);
  }
  template <class F, class Label>
  common::Ref<ch02::Handle> add(ch02::Named<F, Label> callback,
                                Place where) const;

  std::optional<ValueOf<T>>* value_ = nullptr;  // in *base_
  common::Ref<FutureBase> base_;
};

template <class T>
template <class F, class Label>
common::Ref<ch02::Handle> Future<T>::add(ch02::Named<F, Label> callback,
                                         Place where) const {
  base()->check_thread();
  // The handle keeps the future alive when it is due, not while it waits: the
  // future owns it then.
  auto call = [function = std::move(callback.function), value = value_,
               base = base_.get()]() mutable {
    function(Future(value, common::Ref<FutureBase>(base)));
  };
  const auto handle = ch02::make_handle<DoneHandle>(
      ch02::Named<decltype(call), Label>{std::move(callback.label),
                                         std::move(call)},
      base_->any_loop(), where);
  base_->add_callback(handle);
  return handle;
}

}  // namespace ch03
