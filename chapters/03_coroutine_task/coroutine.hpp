// Functions that can wait. A coroutine does nothing until a task drives it.
#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include "common/recycled.hpp"

namespace ch03 {

class EventLoop;
class TaskBase;
struct Sleep;
template <class T>
class Coroutine;
template <class T>
class Future;
template <class T>
class CoroutineAwaiter;
template <class T>
class FutureAwaiter;
class SleepAwaiter;

// #region move
// What a coroutine does within a step of its task. Between two moves, one
// coroutine runs.
enum class Move {
  enter,  // it begins to run: it was awaited, or it is its task's turn
  stand,  // it has reached the co_await of its place()
  leave   // it has ended; its caller runs on
};
// #endregion move

// The part of a coroutine's frame that does not depend on its result: who
// awaits it, which task drives it, and on which line it is.
class Frame {
 public:
  Frame() = default;
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // Runs until the next co_await that has to wait, or to the end.
  void resume() {
    started_ = true;
    handle_.resume();
  }
  void destroy() { handle_.destroy(); }
  // The same for a frame that may hold another coroutine, which holds another
  // one, and so on: see common/in_turn.hpp.
  void destroy_in_turn() noexcept;

  bool started() const { return started_; }
  // The co_await where it waits; before its first step, its definition.
  const std::source_location& place() const {
    return started_ ? place_ : defined_at_;
  }
  // GCC and Clang disagree about the line of a definition.
  const std::source_location& defined_at() const { return defined_at_; }
  // The line that called the function, if its last parameter is
  // `std::source_location where = std::source_location::current()`.
  const std::optional<std::source_location>& created_at() const {
    return created_at_;
  }
  Frame* caller() const { return caller_; }

  void stand_at(const std::source_location& where) {
    place_ = where;
    tell(Move::stand);
  }
  // #region tell
  // The loop that listens on this thread hears of the move. As a rule there is
  // none.
  void tell(Move move) const noexcept {
    if (listener_) [[unlikely]]
      tell_listener(move);
  }
  // #endregion tell

  static void* operator new(std::size_t size) {
    return common::recycled_new(size);
  }
  static void operator delete(void* block, std::size_t size) noexcept {
    common::recycled_delete(block, size);
  }

 protected:
  ~Frame() = default;

  // Called when the coroutine fell off its end without a co_return.
  [[noreturn]] void throw_no_result() const;

  std::coroutine_handle<> handle_;
  Frame* caller_ = nullptr;  // continues when this frame has ended
  std::source_location place_;
  std::source_location defined_at_;
  std::optional<std::source_location> created_at_;
  std::exception_ptr exception_;
  bool started_ = false;

 private:
  friend class EventLoop;
  friend class TaskBase;
  template <class T>
  friend class CoroutineAwaiter;

  void tell_listener(Move move) const noexcept;

  static thread_local constinit EventLoop* listener_;
};

// All that the compiler asks of a coroutine that returns Coroutine<T>, except
// for its result.
template <class T>
class PromiseBase : public Frame {
 public:
  // The compiler passes the coroutine's arguments to this constructor.
  template <class... Arguments>
  explicit PromiseBase(Arguments&... arguments) {
    (look_at(arguments), ...);
  }

  std::suspend_always initial_suspend(
      std::source_location where = std::source_location::current()) {
    defined_at_ = place_ = where;
    return {};
  }

  // #region final_suspend
  // The end does not jump to the caller: it only notes who is next, and returns
  // to the task. See TaskBase::run.
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      ended.promise().hand_back();
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  // #endregion final_suspend

  // #region keep_error
  void unhandled_exception() { exception_ = std::current_exception(); }
  // #endregion keep_error

  // Each co_await calls one of these first, which notes its line.
  template <class U>
  CoroutineAwaiter<U> await_transform(
      Coroutine<U>&& coroutine,
      std::source_location where = std::source_location::current());
  template <class U>
  FutureAwaiter<U> await_transform(
      Future<U> future,
      std::source_location where = std::source_location::current());
  SleepAwaiter await_transform(
      Sleep sleep,
      std::source_location where = std::source_location::current());

  // One that has a name. The compiler prints the text.
  template <class U>
  std::suspend_never await_transform(Coroutine<U>&) {
    static_assert(std::is_same_v<Coroutine<U>, void>,
                  "a coroutine is awaited once, and that uses it up: "
                  "co_await std::move(coroutine)");
    return {};
  }

 private:
  friend struct FinalAwaiter;
  void hand_back() noexcept;  // awaiters.hpp

  template <class Argument>
  void look_at(const Argument& argument) {
    if constexpr (std::is_same_v<Argument, std::source_location>) {
      created_at_ = argument;
    }
  }
};

template <class T>
class Promise final : public PromiseBase<T> {
 public:
  using PromiseBase<T>::PromiseBase;
  Coroutine<T> get_return_object();
  template <class U = T>
    requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  // #region take_result
  T take_result() {
    if (this->exception_) std::rethrow_exception(this->exception_);
    if (!value_) this->throw_no_result();
    return std::move(*value_);
  }
  // #endregion take_result

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase<void> {
 public:
  using PromiseBase<void>::PromiseBase;
  Coroutine<void> get_return_object();
  void return_void() {}
  void take_result() {
    if (exception_) std::rethrow_exception(exception_);
  }
};

// Called for a coroutine that is destroyed without having been awaited. It is
// one function for the process, because such a coroutine belongs to no loop.
// nullptr: no report.  CPython: warnings._warn_unawaited_coroutine
using NeverAwaitedHook = void (*)(const Frame&) noexcept;
void set_never_awaited_hook(NeverAwaitedHook hook);
void report_never_awaited(const Frame& frame) noexcept;

// The object that a call of a coroutine function gives: a frame that waits to
// be awaited or made a task. It owns the frame until then.
template <class T = void>
class [[nodiscard]] Coroutine {
  static_assert(!std::is_reference_v<T>,
                "a coroutine gives a value: return a pointer instead");

 public:
  using promise_type = Promise<T>;

  Coroutine() = default;  // empty: to be assigned later
  Coroutine(Coroutine&& other) noexcept : promise_(other.release()) {}
  Coroutine& operator=(Coroutine&& other) noexcept {
    std::swap(promise_, other.promise_);
    return *this;
  }
  // #region owner
  ~Coroutine() {
    if (promise_) report_never_awaited(*promise_);
    close();
  }

  // Destroys the coroutine without a warning.  coroutine.close()
  void close() {
    if (Promise<T>* const promise = release()) promise->destroy_in_turn();
  }

  explicit operator bool() const { return promise_ != nullptr; }
  // The caller becomes the owner of the frame.
  [[nodiscard]] Promise<T>* release() {
    return std::exchange(promise_, nullptr);
  }
  // #endregion owner
  Promise<T>* promise() const { return promise_; }

 private:
  friend class Promise<T>;
  explicit Coroutine(Promise<T>* promise) : promise_(promise) {}

  Promise<T>* promise_ = nullptr;
};

template <class T>
Coroutine<T> Promise<T>::get_return_object() {
  this->handle_ = std::coroutine_handle<Promise>::from_promise(*this);
  return Coroutine<T>(this);
}
inline Coroutine<void> Promise<void>::get_return_object() {
  handle_ = std::coroutine_handle<Promise>::from_promise(*this);
  return Coroutine<void>(this);
}

}  // namespace ch03
