// What asyncio builds on futures and tasks: sleep, gather, wait_for, shield.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/first_error.hpp"

namespace ch03 {

// Waits that long; zero or less gives one iteration to the others.
inline Sleep sleep(common::Duration delay) { return {delay}; }
// The same, with a result.
template <class T>
Coroutine<T> sleep(common::Duration delay, T result) {
  co_await sleep(delay);
  co_return result;
}

// The task that runs now, or nullptr in a plain callback. Throws
// std::runtime_error where no loop runs.
[[nodiscard]] Ref<TaskBase> current_task();
// Of the running loop.
[[nodiscard]] std::vector<Ref<TaskBase>> all_tasks();

// A task on the running loop.  asyncio.create_task
template <class T>
[[nodiscard]] Task<T> create_task(
    Coroutine<T> coroutine, std::string name = {},
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(std::move(coroutine), std::move(name),
                                        where);
}

[[nodiscard]] inline Task<> create_task(
    Sleep awaited, std::string name = {},
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(awaited, std::move(name), where);
}

// #region ensure_future
// Something to wait for, as a future: a task or a future is one already, a
// coroutine becomes a task of the running loop.
template <class T>
[[nodiscard]] Task<T> ensure_future(Task<T> task) {
  return task;
}
template <class T>
[[nodiscard]] Future<T> ensure_future(Future<T> future) {
  return future;
}
template <class T>
[[nodiscard]] Task<T> ensure_future(
    Coroutine<T> coroutine,
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(std::move(coroutine), {}, where);
}
[[nodiscard]] inline Task<> ensure_future(
    Sleep awaited,
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(awaited, {}, where);
}
// #endregion ensure_future
// The same on a given loop; a future must be of that loop.  Throws
// std::invalid_argument.
template <class T>
[[nodiscard]] Future<T> ensure_future(Future<T> future, EventLoop& loop) {
  loop.check_future(*future.base());
  return future;
}
template <class T>
[[nodiscard]] Task<T> ensure_future(
    Coroutine<T> coroutine, EventLoop& loop,
    std::source_location where = std::source_location::current()) {
  return loop.create_task(std::move(coroutine), {}, where);
}

template <class T>
Future<T> as_future(Future<T> future, std::source_location) {
  return future;
}
template <class T>
Future<T> as_future(Coroutine<T> coroutine, std::source_location where) {
  return ensure_future(std::move(coroutine), where);
}
inline Future<> as_future(Sleep awaited, std::source_location where) {
  return ensure_future(awaited, where);
}

// The same for gather(): what it makes itself, nobody else could have kept.
template <class Awaitable>
auto as_child(Awaitable awaitable, std::source_location where) {
  auto child = as_future(std::move(awaitable), where);
  if constexpr (!std::is_base_of_v<decltype(child), Awaitable>) {
    static_cast<TaskBase&>(*child.base()).set_log_destroy_pending(false);
  }
  return child;
}

// What co_await gives for an awaitable of this type.
template <class Awaitable>
using ResultOf =
    typename decltype(ensure_future(std::declval<Awaitable>()))::value_type;

// The future of gather(): it watches its children, and cancels them all. As in
// Python it lives until the last of them is done, or the loop is gone: their
// callbacks hold it, and it holds them, also when it has ended with an error
// and the others run on.
class GatherBase : public FutureBase {
 public:
  GatherBase(EventLoop& loop, std::source_location where,
             std::vector<Ref<FutureBase>> children, bool return_exceptions)
      : FutureBase(loop, where),
        children_(std::move(children)),
        left_(children_.size()),
        return_exceptions_(return_exceptions) {}

  void start();  // Once somebody holds it.
  std::string_view class_name() const override { return "_GatheringFuture"; }

 protected:
  // Cancels the children. The gathering itself then ends with CancelledError.
  FutureBase* cancel_step(Cancel& cancel, bool first) override;

 private:
  virtual void collect() = 0;  // The children's results become its own.
  void child_done(FutureBase& child);

  std::vector<Ref<FutureBase>> children_;
  std::size_t left_;
  std::size_t next_to_cancel_ = 0;
  bool return_exceptions_;
  bool cancelled_any_ = false;  // in this cancel()
  bool circle_ = false;         // so
  bool cancel_requested_ = false;
};

template <class Results, class Collect>
class Gather final : public WithResult<Results, GatherBase> {
 public:
  Gather(EventLoop& loop, std::source_location where,
         std::vector<Ref<FutureBase>> children, bool return_exceptions,
         Collect collect)
      : WithResult<Results, GatherBase>(loop, where, std::move(children),
                                        return_exceptions),
        collect_(std::move(collect)) {}

 private:
  void collect() override { this->value.emplace(collect_()); }
  Collect collect_;
};

template <class Results, class Collect>
Future<Results> make_gather(std::vector<Ref<FutureBase>> children,
                            bool return_exceptions, Collect collect,
                            std::source_location where) {
  EventLoop& loop =
      children.empty() ? get_running_loop() : children.front()->get_loop();
  for (const Ref<FutureBase>& child : children) {
    child->check_thread();
    loop.check_future(*child);
  }
  const Ref gathering(new Gather<Results, Collect>(
      loop, where, std::move(children), return_exceptions, std::move(collect)));
  gathering->start();
  return Future<Results>(Ref<WithResult<Results, GatherBase>>(gathering));
}

// What came of one awaitable: its result or its error.
template <class T>
using Outcome = std::variant<ValueOf<T>, std::exception_ptr>;

// What gather() gives for each child, and what gather_outcomes() does.
struct TakeResult {
  static constexpr bool kReturnExceptions = false;
  template <class T>
  static ValueOf<T> take(const Future<T>& child) {
    return child.take_result();
  }
};
struct TakeOutcome {
  static constexpr bool kReturnExceptions = true;
  template <class T>
  static Outcome<T> take(const Future<T>& child) {
    try {
      return Outcome<T>(std::in_place_index<0>, child.take_result());
    } catch (...) {
      return Outcome<T>(std::in_place_index<1>, std::current_exception());
    }
  }
};
template <class Take, class Awaitable>
using Taken = decltype(Take::take(std::declval<Future<ResultOf<Awaitable>>>()));

template <class Take, class... T>
auto gather_each(const std::tuple<Future<T>...>& children,
                 std::source_location where) {
  return std::apply(
      [&](const Future<T>&... each) {
        using Results = std::tuple<decltype(Take::take(each))...>;
        return make_gather<Results>(
            {each.base()...}, Take::kReturnExceptions,
            [each...] { return Results(Take::take(each)...); }, where);
      },
      children);
}

template <class Take, class Awaitable>
auto gather_all(std::vector<Awaitable> awaitables, std::source_location where) {
  std::vector<Future<ResultOf<Awaitable>>> children;
  std::vector<Ref<FutureBase>> bases;
  for (Awaitable& awaitable : awaitables) {
    children.push_back(as_child(std::move(awaitable), where));
    bases.push_back(children.back().base());
  }
  return make_gather<std::vector<Taken<Take, Awaitable>>>(
      std::move(bases), Take::kReturnExceptions,
      [children = std::move(children)] {
        std::vector<Taken<Take, Awaitable>> results;
        results.reserve(children.size());
        for (const auto& child : children) {
          results.push_back(Take::take(child));
        }
        return results;
      },
      where);
}

// Waits for all of them at once; the results come as a tuple, in the order of
// the arguments, void as std::monostate. The first error goes to the one that
// awaits, while the others run on.  asyncio.gather
//
// It reads like a function; it is a class, because only a constructor can
// take a place behind any number of arguments.
template <class... Awaitables>
class gather : public Future<std::tuple<Taken<TakeResult, Awaitables>...>> {
 public:
  [[nodiscard]] explicit gather(
      Awaitables... awaitables,
      std::source_location where = std::source_location::current())
      // Braces: from left to right, as they are written.
      : gather::Future(gather_each<TakeResult>(
            std::tuple<Future<ResultOf<Awaitables>>...>{
                as_child(std::move(awaitables), where)...},
            where)) {}
};
// The same for any number of one kind, coroutines or tasks: the results are a
// vector.
template <class Awaitable>
class gather<std::vector<Awaitable>>
    : public Future<std::vector<Taken<TakeResult, Awaitable>>> {
 public:
  [[nodiscard]] explicit gather(
      std::vector<Awaitable> awaitables,
      std::source_location where = std::source_location::current())
      : gather::Future(gather_all<TakeResult>(std::move(awaitables), where)) {}
};
template <class... Awaitables>
gather(Awaitables...) -> gather<Awaitables...>;
// A gathering of one gathering, and no copy of it.
template <class... Awaitables>
gather(gather<Awaitables...>) -> gather<gather<Awaitables...>>;

// gather(..., return_exceptions=True): errors are results like any other.
template <class... Awaitables>
class gather_outcomes
    : public Future<std::tuple<Taken<TakeOutcome, Awaitables>...>> {
 public:
  [[nodiscard]] explicit gather_outcomes(
      Awaitables... awaitables,
      std::source_location where = std::source_location::current())
      : gather_outcomes::Future(gather_each<TakeOutcome>(
            std::tuple<Future<ResultOf<Awaitables>>...>{
                as_child(std::move(awaitables), where)...},
            where)) {}
};
template <class Awaitable>
class gather_outcomes<std::vector<Awaitable>>
    : public Future<std::vector<Taken<TakeOutcome, Awaitable>>> {
 public:
  [[nodiscard]] explicit gather_outcomes(
      std::vector<Awaitable> awaitables,
      std::source_location where = std::source_location::current())
      : gather_outcomes::Future(
            gather_all<TakeOutcome>(std::move(awaitables), where)) {}
};
template <class... Awaitables>
gather_outcomes(Awaitables...) -> gather_outcomes<Awaitables...>;
template <class... Awaitables>
gather_outcomes(gather_outcomes<Awaitables...>)
    -> gather_outcomes<gather_outcomes<Awaitables...>>;

// The future of shield(): it takes over what comes of another one. Until one of
// them is done, its done callback holds the other one.
class ShieldBase : public FutureBase {
 public:
  using FutureBase::FutureBase;
  void start(const Ref<FutureBase>& inner);  // Once somebody holds it.

 private:
  virtual void take_over(FutureBase& inner) = 0;  // the result
  void inner_done(FutureBase& inner);
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

// Waits for something that shall not be cancelled with the one that waits. Keep
// the inner task: it goes on, but it lives while you hold it. asyncio.shield
template <class Awaitable>
[[nodiscard]] Future<ResultOf<Awaitable>> shield(
    Awaitable awaitable,
    std::source_location where = std::source_location::current()) {
  using T = ResultOf<Awaitable>;
  const Future<T> inner = as_future(std::move(awaitable), where);
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

  // Takes this timeout's request back. Left with CancelledError: was there no
  // other request?
  bool expired_alone();

 private:
  TaskBase& task_;  // whose coroutine holds this scope
  int requests_before_;
  bool expired_ = false;
  Ref<TimerHandle> timer_;
};

// Cancels the future and waits for its end, whatever that is. A cancellation of
// the one who waits is not taken for the future's.  asyncio: _cancel_and_wait
Coroutine<> cancel_and_wait(Ref<FutureBase> future, std::source_location where);

// #region wait_for
// The result, or TimeoutError when it takes longer; then what was awaited is
// cancelled first, and has had time to clean up. Without a timeout it waits
// for ever.  asyncio.wait_for
template <class Awaitable>
Coroutine<ResultOf<Awaitable>> wait_for(
    Awaitable awaitable, std::optional<common::Duration> timeout,
    std::source_location where = std::source_location::current()) {
  if (!timeout) co_return co_await std::move(awaitable);
  if (*timeout <= std::chrono::nanoseconds(0)) {
    // No time at all: only what is done already gives a result.
    const auto future = as_future(std::move(awaitable), where);
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
// #endregion wait_for

// Cancels the tasks that are left, and waits until they have ended.
void cancel_all_tasks(EventLoop& loop);

// A loop for one coroutine: runs it to its end, cancels the tasks that are
// left, and closes.  asyncio.run
//
// Later chapters call it with their own class of loop, and with a function that
// prepares the loop.
template <class Loop, class T, class Prepare>
T run_on(Coroutine<T> main, common::Clock& clock, std::source_location where,
         Prepare prepare) {
  if (ch02::get_running_loop_or_null()) {
    throw std::runtime_error(
        "asyncio.run() cannot be called from a running event loop");
  }
  Loop loop(clock, ch01::default_selector(), where);
  std::optional<ValueOf<T>> result;
  common::FirstError errors([&loop] {
    loop.report_with([] {
      return ExceptionContext{
          .message = "unhandled exception during asyncio.run() shutdown",
          .exception = std::current_exception()};
    });
  });
  errors.attempt([&] {
    prepare(loop);
    const Task<T> task = loop.create_task(std::move(main), {}, where);
    if constexpr (std::is_void_v<T>) {
      loop.run_until_complete(task, where);
    } else {
      result.emplace(loop.run_until_complete(task, where));
    }
  });
  errors.attempt([&] { cancel_all_tasks(loop); });
  errors.attempt([&] { loop.close(); });
  errors.rethrow();
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// What asyncio.run() may be told.
struct RunOptions {
  common::Clock* clock = &common::system_clock();
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return run_on<EventLoop>(std::move(main), *options.clock, where,
                           [](EventLoop&) {});
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch03::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch03
