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
#include <vector>

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

// void as a value, for Future<void> and for gather().
template <class T>
using ValueOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

// Can a value be copied? A container whose elements cannot be copied claims
// that it can, and so does everything that holds the container.
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

  // Turns off the report of an exception that was never retrieved.
  void ignore_exception() {
    check_thread();
    exception_unseen_ = false;
  }
  bool exception_unseen() const { return exception_unseen_; }
  // The name of its class in Python.
  virtual std::string_view class_name() const { return "Future"; }
  // The futures that must be done before this one can be, as far as it knows:
  // a plain future does not know who will give it a result.
  virtual std::vector<FutureBase*> waits_for() const { return {}; }
  // Is there a task, or a done callback, that waits for it?
  bool awaited() const { return !waiters_.empty(); }

  // In debug mode throws std::runtime_error in any thread but the loop's. Call
  // it before anything else: even to look at the state would be a race.
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
  // Stores the outcome, and wakes all that wait. The place, if there is one,
  // becomes that of the callbacks' handles.
  void finish(State state, std::exception_ptr exception = nullptr,
              const Place* where = nullptr);

  // For a second reading: a cancel() on its way from the future that was asked
  // to the one that it waits for, and on. The way may be a circle.
  struct Cancel {
    std::exception_ptr error;
    Place where;
    bool heard = false;   // by the last one that was asked
    bool circle = false;  // it came back to one that is on the way: the one
                          // that waits for that must leave the circle
  };
  // Returns the future that must be asked first; or nullptr, and sets `heard`.
  // Called when the walk reaches this future, and again after each future that
  // it returned.
  virtual FutureBase* cancel_step(Cancel& cancel, bool first);
  // Walks that way without recursion: a program may nest its waiting as deep as
  // it likes. Throws nothing.
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
  void outlive_loop();  // Called when the loop ends before the future.
  void drop() noexcept;
  virtual void abandon() {}

  State state_ = State::pending;
  bool exception_unseen_ = false;
  bool on_cancel_way_ = false;
  bool dying_ = false;  // dropped: all_tasks() leaves it out
  mutable bool in_repr_ = false;
  std::exception_ptr exception_;
  // Tasks and done callbacks. A callback's handle is owned by this queue, but a
  // task is not: waiting alone does not keep a task alive.
  ch02::ObjectQueue waiters_;
  FutureBase* next_in_loop_ = nullptr;
  FutureBase* previous_in_loop_ = nullptr;
  FutureBase* link_ = nullptr;  // for end_in_turn(), or for a cancel()'s way
};

// Called for a future that is dropped after its loop. It is one function for
// the process, as such a future belongs to no loop. nullptr: no report.
using OrphanHook = void (*)(FutureBase&) noexcept;
void set_orphan_hook(OrphanHook hook);

// A done callback: it keeps its future alive from the moment it is due.
class DoneHandle : public ch02::Handle {
 public:
  using Handle::Handle;
  using Place = std::source_location;

  // Its place becomes that where the future got its result, if that is known.
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

// A handle to a future: copies mean the same one, as variables do in Python.
template <class T = void>
class Future {
 public:
  using value_type = T;
  using Place = std::source_location;

  // An empty one, to be assigned later. Until then all calls except the
  // comparison and this question throw InvalidStateError.
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
  // callbacks' handles get the line of the call.
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
  // Throws std::invalid_argument for an empty function.
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
  // How many were removed: 0 or 1. Lambdas cannot be compared, so it takes the
  // handle that add_done_callback() returned.
  std::size_t remove_done_callback(
      const common::Ref<ch02::Handle>& handle) const {
    base()->check_thread();
    return handle ? base_->remove_callback(*handle) : 0;
  }

  EventLoop& get_loop() const { return base()->get_loop(); }
  std::string repr() const {
    const common::Ref<FutureBase> held =
        base();  // keeps it alive, whatever a result's repr does
    return held->repr();
  }
  const common::Ref<FutureBase>& base() const {
    if (!base_) throw_empty();
    return base_;
  }
  // The result for an await: a copy, or the value itself if it cannot be
  // copied.  Throws as result() does, but does not check the thread.
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
  ch02::check_callback(callback, "add_done_callback");
  // The handle keeps the future alive when it is due, but not while it waits:
  // until then the future owns the handle.
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
