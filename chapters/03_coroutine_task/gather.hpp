// Waits for several things at once.
#pragma once

#include <exception>
#include <optional>
#include <source_location>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace ch03 {

// An awaitable as a child of gather(). When the task is made here, the program
// had no chance to keep it: so its loss is not reported.
template <class Awaitable>
auto as_child(Awaitable awaitable, std::source_location where) {
  auto child = ensure_future(std::move(awaitable), where);
  if constexpr (!std::is_base_of_v<decltype(child), Awaitable>) {
    child.set_log_destroy_pending(false);
  }
  return child;
}

// The future of gather(): it watches its children, and cancels them all. As in
// Python it lives until the last of them is done, or the loop is gone: their
// callbacks hold it, and it holds them, even when it has ended with an error
// and the other children still run.
class GatherBase : public FutureBase {
 public:
  GatherBase(EventLoop& loop, std::source_location where,
             std::vector<Ref<FutureBase>> children, bool return_exceptions)
      : FutureBase(loop, where),
        children_(std::move(children)),
        left_(children_.size()),
        return_exceptions_(return_exceptions) {}

  void start();  // Call it when a Ref holds it.
  std::string_view class_name() const override { return "_GatheringFuture"; }
  std::vector<FutureBase*> waits_for() const override;

 protected:
  // Cancels the children. The gathering itself then ends with CancelledError.
  FutureBase* cancel_step(Cancel& cancel, bool first) override;

 private:
  virtual void collect() = 0;  // The children's results become its result.
  void child_done(FutureBase& child);

  std::vector<Ref<FutureBase>> children_;
  std::size_t left_;
  std::size_t next_to_cancel_ = 0;
  bool return_exceptions_;
  bool cancelled_any_ = false;  // in this cancel()
  bool circle_ = false;         // in this cancel(), too
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

// The outcome of one awaitable: its result or its error.
template <class T>
using Outcome = std::variant<ValueOf<T>, std::exception_ptr>;

// The values that gather() and gather_outcomes() take from each child.
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
// the arguments, with std::monostate for void. The first error goes to the
// coroutine that awaits, while the other children run on.  asyncio.gather
//
// It reads like a function, but is a class, because only a constructor can take
// a default place after any number of arguments.
template <class... Awaitables>
class gather : public Future<std::tuple<Taken<TakeResult, Awaitables>...>> {
 public:
  [[nodiscard]] explicit gather(
      Awaitables... awaitables,
      std::source_location where = std::source_location::current())
      // Braces: they are made from left to right, as they are written.
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
// A gathering of one gathering, instead of a copy of it.
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

}  // namespace ch03
