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

namespace ch03 {

// Waits that long; zero or less gives one iteration to the others.
inline Sleep sleep(std::chrono::nanoseconds delay) { return {delay}; }
// The same, with a result.
template <class T>
Coroutine<T> sleep(std::chrono::nanoseconds delay, T result) {
  co_await sleep(delay);
  co_return result;
}

// The task that runs now, or nullptr in a plain callback. Throws
// std::runtime_error where no loop runs.
Ref<TaskBase> current_task();
std::vector<Ref<TaskBase>> all_tasks();  // of the running loop

// A task on the running loop.  asyncio.create_task
template <class T>
Task<T> create_task(
    Coroutine<T> coroutine, std::string name = {},
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(std::move(coroutine), std::move(name),
                                        where);
}

// #region ensure_future
// Something to wait for, as a future: a task or a future is one already, a
// coroutine becomes a task of the running loop.
template <class T>
Task<T> ensure_future(Task<T> task) {
  return task;
}
template <class T>
Future<T> ensure_future(Future<T> future) {
  return future;
}
template <class T>
Task<T> ensure_future(
    Coroutine<T> coroutine,
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(std::move(coroutine), {}, where);
}
inline Task<> ensure_future(
    Sleep awaited,
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(awaited, {}, where);
}
// #endregion ensure_future

template <class T>
Future<T> as_future(const Future<T>& future) {
  return future;
}
template <class T>
using ResultOf = typename decltype(ensure_future(std::declval<T>()))::value_type;

// The future of gather(): it watches its children, and cancels them all.
class GatherBase : public FutureBase {
 public:
  GatherBase(EventLoop& loop, std::source_location where,
             std::vector<Ref<FutureBase>> children, bool return_exceptions);

  // Cancels the children. The gathering itself then ends with CancelledError.
  bool cancel(std::optional<std::string> message = {}) override;

 protected:
  ~GatherBase() override;
  std::string_view class_name() const override { return "_GatheringFuture"; }
  // For the constructor of the class that has the result: no children.
  void start();

 private:
  virtual void collect() = 0;  // The children's results become its own.
  void child_done(FutureBase& child);

  std::vector<Ref<FutureBase>> children_;
  std::vector<Ref<DoneHandle>> callbacks_;
  std::size_t left_;
  bool return_exceptions_;
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
        collect_(std::move(collect)) {
    this->start();
  }

 private:
  void collect() override { this->value.emplace(collect_()); }
  Collect collect_;
};

namespace detail {

template <class Results, class Collect>
Future<Results> make_gather(std::vector<Ref<FutureBase>> children,
                            bool return_exceptions, Collect collect,
                            std::source_location where) {
  EventLoop& loop =
      children.empty() ? get_running_loop() : children.front()->get_loop();
  using Node = Gather<Results, Collect>;
  return Future<Results>(Ref<WithResult<Results, GatherBase>>(
      Ref(new Node(loop, where, std::move(children), return_exceptions,
                   std::move(collect)))));
}

}  // namespace detail

// Waits for all of them at once; the results come as a tuple, in the order of
// the arguments, void as std::monostate. The first error goes to whoever
// awaits, while the others run on.  asyncio.gather
template <class... Awaitables>
auto gather(Awaitables... awaitables)
    -> Future<std::tuple<ValueOf<ResultOf<Awaitables>>...>> {
  using Results = std::tuple<ValueOf<ResultOf<Awaitables>>...>;
  auto futures = std::make_tuple(Future<ResultOf<Awaitables>>(
      ensure_future(std::move(awaitables)))...);
  auto children = std::apply(
      [](const auto&... future) {
        return std::vector<Ref<FutureBase>>{future.base()...};
      },
      futures);
  return detail::make_gather<Results>(
      std::move(children), false,
      [futures] {
        return std::apply(
            [](const auto&... future) {
              return Results(future.take_result()...);
            },
            futures);
      },
      std::source_location::current());
}

// The same for any number of one kind.
template <class T>
Future<std::vector<ValueOf<T>>> gather(
    const std::vector<Task<T>>& tasks,
    std::source_location where = std::source_location::current()) {
  std::vector<Ref<FutureBase>> children;
  for (const Task<T>& task : tasks) children.push_back(task.base());
  return detail::make_gather<std::vector<ValueOf<T>>>(
      std::move(children), false,
      [tasks] {
        std::vector<ValueOf<T>> results;
        for (const Task<T>& task : tasks) {
          results.push_back(task.take_result());
        }
        return results;
      },
      where);
}

// What came of one task: its result or its error.
template <class T>
using Outcome = std::variant<ValueOf<T>, std::exception_ptr>;

// gather(..., return_exceptions=True): errors are results like any other.
template <class T>
Future<std::vector<Outcome<T>>> gather_outcomes(
    const std::vector<Task<T>>& tasks,
    std::source_location where = std::source_location::current()) {
  std::vector<Ref<FutureBase>> children;
  for (const Task<T>& task : tasks) children.push_back(task.base());
  return detail::make_gather<std::vector<Outcome<T>>>(
      std::move(children), true,
      [tasks] {
        std::vector<Outcome<T>> outcomes;
        for (const Task<T>& task : tasks) {
          try {
            outcomes.emplace_back(std::in_place_index<0>, task.take_result());
          } catch (...) {
            outcomes.emplace_back(std::in_place_index<1>,
                                  std::current_exception());
          }
        }
        return outcomes;
      },
      where);
}

// Ends with what is there to end: a timer that goes with its scope.
class TimeoutScope {
 public:
  // Cancels the current task when the time is over.
  TimeoutScope(std::chrono::nanoseconds timeout, std::source_location where);
  TimeoutScope(const TimeoutScope&) = delete;
  TimeoutScope& operator=(const TimeoutScope&) = delete;
  ~TimeoutScope();

  // The scope is left with a result.
  void finish();
  // The scope is left with CancelledError: was it this timeout's alone? Then
  // the request is taken back.
  bool expired_alone();

 private:
  TaskBase& task_;
  int requests_before_;
  bool expired_ = false;
  Ref<TimerHandle> timer_;
};

// #region wait_for
// The result, or TimeoutError when it takes longer; then what was awaited is
// cancelled first, and has had time to clean up. Without a timeout it waits
// for ever.  asyncio.wait_for
template <class T>
Coroutine<T> wait_for(
    Coroutine<T> coroutine,
    std::optional<std::chrono::nanoseconds> timeout,
    std::source_location where = std::source_location::current()) {
  if (!timeout) co_return co_await std::move(coroutine);
  if (*timeout <= std::chrono::nanoseconds(0)) {
    coroutine.close();  // no time to begin
    throw TimeoutError();
  }
  TimeoutScope scope(*timeout, where);
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(coroutine);
      scope.finish();
      co_return;
    } else {
      T result = co_await std::move(coroutine);
      scope.finish();
      co_return result;
    }
  } catch (const CancelledError&) {
    if (!scope.expired_alone()) throw;
  }
  throw TimeoutError();
}
// #endregion wait_for

}  // namespace ch03
