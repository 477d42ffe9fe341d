// sleep, gather, wait_for, shield and run: the cases t07, t08, t09, l09, l12,
// r12 and r14, with the details of CPython 3.13.

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "tests/catch.hpp"
#include "tests/pieces/03_bench.hpp"

namespace {

using namespace tasks;
using ch03::current_task;
using ch03::gather_outcomes;

Coroutine<int> after(std::chrono::nanoseconds delay, int n) {
  co_await sleep(delay);
  co_return n;
}
Coroutine<int> value(int n) { co_return n; }
Coroutine<> nothing() { co_return; }
Coroutine<> for_ever() { co_await ch03::get_running_loop().create_future(); }
Coroutine<int> fails_after(std::chrono::nanoseconds delay, std::string text) {
  co_await sleep(delay);
  throw std::runtime_error(text);
}
Coroutine<int> noted(Bench& bench, std::string name,
                     std::chrono::nanoseconds delay) {
  bench.note(name + " starts");
  try {
    co_await sleep(delay);
  } catch (const CancelledError& error) {
    bench.note(name + " cancelled" +
               (error.message() ? " " + *error.message() : ""));
    throw;
  }
  bench.note(name + " ends");
  co_return 1;
}

// The error that an await throws, as a text; "nothing" otherwise.
template <class Awaitable>
Coroutine<std::string> error_of(Awaitable awaitable) {
  std::exception_ptr error;
  try {
    co_await std::move(awaitable);
  } catch (...) {
    error = std::current_exception();
  }
  co_return thrown_by([&] {
    if (error) std::rethrow_exception(error);
  });
}

}  // namespace

// --- sleep -------------------------------------------------------------------

namespace {

Coroutine<> sleeps(Bench& bench) {
  co_await sleep(1500ms);
  CHECK(bench.loop().time() == 1500ms);
  const auto text = co_await sleep(500ms, std::string("rested"));
  CHECK(text == "rested");
  CHECK(bench.loop().time() == 2s);
  co_await sleep(0s);
  co_await sleep(-5s);
  CHECK(bench.loop().time() == 2s);
}
Coroutine<> sleeps_and_notes(Bench& bench, std::chrono::nanoseconds delay,
                             std::string name) {
  co_await sleep(delay);
  bench.note(name);
}

}  // namespace

TEST_CASE("sleep waits that long, and has a result if given one") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(sleeps(bench));
}

TEST_CASE("sleepers wake by deadline, equal ones in order of creation") {
  Bench bench(GENERATE(from_range(kinds())));
  static_cast<void>(
      bench.loop().create_task(sleeps_and_notes(bench, 2s, "two")));
  static_cast<void>(
      bench.loop().create_task(sleeps_and_notes(bench, 1s, "one")));
  static_cast<void>(
      bench.loop().create_task(sleeps_and_notes(bench, 2s, "two again")));
  bench.run(sleeps_and_notes(bench, 3s, "three"));
  CHECK(bench.log == Log{"one", "two", "two again", "three"});
}

// --- gather ------------------------------------------------------------------

namespace {

Coroutine<> gathers(Bench& bench) {
  const auto f = bench.loop().create_future<std::string>();
  bench.loop().call_later(2s, [f] { f.set_result("future"); });
  const auto t = create_task(after(1s, 1));
  const auto results =
      co_await gather(after(3s, 3), t, f, nothing(), sleep(1s));
  static_assert(
      std::is_same_v<decltype(results),
                     const std::tuple<int, int, std::string, std::monostate,
                                      std::monostate>>);
  CHECK(std::get<0>(results) == 3);  // in the order of the arguments
  CHECK(std::get<1>(results) == 1);
  CHECK(std::get<2>(results) == "future");
  CHECK(bench.loop().time() == 3s);  // at the same time

  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i) {
    tasks.push_back(create_task(after((5 - i) * 1s, i)));
  }
  const std::vector<int> numbers = co_await gather(tasks);
  CHECK(numbers == std::vector<int>{0, 1, 2, 3, 4});

  // Of nothing: it is done immediately.
  const std::vector<int> none = co_await gather(std::vector<Task<int>>());
  CHECK(none.empty());
  const std::tuple<> nobody = co_await gather();
  CHECK(nobody == std::tuple());

  // The same one twice, and a gather in a gather.
  const auto twice = co_await gather(t, t);
  CHECK(twice == std::tuple(1, 1));
  const auto nested = co_await gather(gather(value(1), value(2)), value(3));
  CHECK(std::get<0>(nested) == std::tuple(1, 2));
  CHECK(std::get<1>(nested) == 3);
}

}  // namespace

TEST_CASE("t07 gather: results in order, of nothing, of the same twice") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(gathers(bench));
}

namespace {

Coroutine<> gathers_what_is_done(Bench& bench) {
  const auto one = bench.loop().create_future<int>();
  one.set_result(1);
  const int before = bench.watcher.iterations;
  const auto both = co_await gather(one, one);
  CHECK(both == std::tuple(1, 1));
  CHECK(bench.watcher.iterations == before);  // as in CPython since 3.12

  // An error that is already there is reported, whatever the others do.
  const auto failed = bench.loop().create_future<int>();
  failed.set_exception(std::runtime_error("early"));
  const auto pending = bench.loop().create_future<int>();
  const gather all(pending, failed);
  CHECK(all.done());
  const auto told = co_await error_of(all);
  CHECK(told == "std::runtime_error: early");
  CHECK_FALSE(pending.done());
}

}  // namespace

TEST_CASE("t07 gather of what is done already does not wait") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(gathers_what_is_done(bench));
  CHECK(bench.reports.empty());
}

namespace {

Coroutine<> starts_in_order(Bench& bench) {
  co_await gather(noted(bench, "a", 3s), noted(bench, "b", 2s),
                  noted(bench, "c", 1s));
}

}  // namespace

TEST_CASE("t07 gather starts its coroutines from left to right") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(starts_in_order(bench));
  CHECK(bench.log ==
        Log{"a starts", "b starts", "c starts", "c ends", "b ends", "a ends"});
}

namespace {

Coroutine<> first_error(Bench& bench) {
  const auto slow = create_task(noted(bench, "slow", 5s));
  const auto second = create_task(fails_after(2s, "second"));
  const auto both = gather(fails_after(1s, "first"), slow, second);
  const auto error = co_await error_of(both);
  CHECK(error == "std::runtime_error: first");
  CHECK(bench.loop().time() == 1s);
  CHECK(both.done());
  CHECK_FALSE(both.cancelled());
  CHECK_FALSE(slow.done());  // runs on
  CHECK_FALSE(slow.cancelling());
  co_await slow;
  CHECK(bench.loop().time() == 5s);
  // An error that came too late for gather() still counts as seen.
  CHECK_FALSE(second.base()->exception_unseen());
}

}  // namespace

TEST_CASE("t07 gather: the first error is told, the others run on") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(first_error(bench));
  CHECK(bench.log == Log{"slow starts", "slow ends"});
  CHECK(bench.reports.empty());
}

namespace {

Coroutine<> with_outcomes() {
  std::vector<Task<int>> tasks = {create_task(value(1)),
                                  create_task(fails_after(1s, "no")),
                                  create_task(after(9s, 1))};
  const auto all = gather_outcomes(tasks);
  co_await sleep(2s);
  tasks[2].cancel("stop");
  const auto outcomes = co_await all;
  REQUIRE(outcomes.size() == 3);
  CHECK(std::get<0>(outcomes[0]) == 1);
  CHECK(common::repr(std::get<1>(outcomes[1])) == "std::runtime_error('no')");
  CHECK(thrown_by([&] { std::rethrow_exception(std::get<1>(outcomes[2])); }) ==
        "CancelledError('stop')");
}

}  // namespace

TEST_CASE("t07 gather with return_exceptions: errors are results") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(with_outcomes());
}

namespace {

Coroutine<> cancels_a_gather(Bench& bench) {
  const auto both = gather(noted(bench, "a", 5s), noted(bench, "b", 5s));
  co_await sleep(1s);
  CHECK(both.cancel("enough"));
  CHECK_FALSE(both.done());
  const auto error = co_await error_of(both);
  CHECK(error == "CancelledError('enough')");
  CHECK_FALSE(both.cancelled());  // it failed, with CancelledError
  CHECK_FALSE(both.cancel());

  const std::vector<Task<int>> tasks = {create_task(noted(bench, "c", 5s)),
                                        create_task(noted(bench, "d", 5s))};
  const auto outcomes = gather_outcomes(tasks);
  co_await sleep(1s);
  CHECK(outcomes.cancel("all of you"));
  const auto refused = co_await error_of(outcomes);
  CHECK(refused == "CancelledError('all of you')");
  CHECK_FALSE(outcomes.cancelled());
  CHECK(tasks[0].cancelled());

  // A child that is cancelled from outside.
  const auto child = create_task(noted(bench, "e", 5s));
  const auto watching = gather(child, noted(bench, "f", 1s));
  co_await sleep(0s);
  child.cancel();
  const auto told = co_await error_of(watching);
  CHECK(told == "CancelledError()");
  CHECK_FALSE(watching.cancelled());
  co_await sleep(2s);
}

}  // namespace

TEST_CASE("t07 cancelling a gather cancels its children") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(cancels_a_gather(bench));
  CHECK(bench.log == Log{"a starts", "b starts", "a cancelled enough",
                         "b cancelled enough", "c starts", "d starts",
                         "c cancelled all of you", "d cancelled all of you",
                         "e starts", "f starts", "e cancelled", "f ends"});
}

TEST_CASE("t07 cancelling who awaits a gather cancels the children") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(starts_in_order(bench));
  bench.run_iterations(2);
  t.cancel();
  bench.run_iterations(5);
  CHECK(t.cancelled());
  CHECK(bench.log == Log{"a starts", "b starts", "c starts", "a cancelled",
                         "b cancelled", "c cancelled"});
}

namespace {

Coroutine<> gathers_strangers(Bench& bench) {
  const auto other = bench.other_loop();
  const auto stranger = other->create_future<int>();
  const auto mine = bench.loop().create_future<int>();
  CHECK(thrown_by([&] { return gather(mine, stranger); }) ==
        "std::invalid_argument: The future belongs to a different loop than "
        "the one specified as the loop argument");
  co_return;
}
Coroutine<std::unique_ptr<int>> moves(int n) {
  co_return std::make_unique<int>(n);
}
Coroutine<> gathers_move_only() {
  const auto [a, b] = co_await gather(moves(1), moves(2));
  CHECK(*a + *b == 3);
}
Coroutine<> drops_a_gather(Bench& bench) {
  const auto t = create_task(noted(bench, "kept", 1s));
  {
    const auto dropped = gather(t, value(1));
  }
  co_await t;
  {
    const auto due = gather(t, value(1));
    co_await sleep(0s);  // its callbacks are in the ready queue
  }
  co_await sleep(0s);
}

}  // namespace

TEST_CASE("t07 gather wants futures of one loop") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(gathers_strangers(bench));
}

TEST_CASE("t07 gather of results that can only be moved") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(gathers_move_only());
}

TEST_CASE("a gather that is dropped leaves its children alone") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(drops_a_gather(bench));
  CHECK(bench.log == Log{"kept starts", "kept ends"});
  CHECK(bench.reports.empty());
}

TEST_CASE("t12 the repr of a gather and of its children") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future<int>();
  const auto g = bench.loop().create_future<int>();
  const auto both = gather(f, g);
  const auto at = line_above();
  CHECK(both.base()->repr(common::Detail::brief) ==
        "<_GatheringFuture pending>");
  CHECK(both.base()->repr(common::Detail::full) ==
        "<_GatheringFuture pending created at " + at + ">");
  CHECK(f.base()->repr(common::Detail::brief) ==
        "<Future pending cb=[gather.<locals>._done_callback()]>");
  f.set_result(1);
  g.set_result(2);
  bench.run_once();
  CHECK(both.base()->repr(common::Detail::brief) ==
        "<_GatheringFuture finished result=(1, 2)>");
}

// --- wait_for ----------------------------------------------------------------

namespace {

Coroutine<int> slow(Bench& bench) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    bench.note("inner cancelled");
    throw;
  }
  co_return 1;
}

Coroutine<> waits(Bench& bench) {
  const int one = co_await wait_for(value(1), 1s);
  CHECK(one == 1);
  const int two = co_await wait_for(after(9s, 2), std::nullopt);
  CHECK(two == 2);
  co_await wait_for(nothing(), 1s);
  co_await wait_for(sleep(1s), 2s);
  CHECK(bench.loop().time() == 10s);

  const auto error = co_await error_of(wait_for(slow(bench), 10ms));
  CHECK(error == "TimeoutError");
  CHECK(bench.loop().time() == 10010ms);
  CHECK(current_task()->cancelling() == 0);
  bench.note("and now");
  // No time at all: a coroutine does not even begin.
  const auto at_once = co_await error_of(wait_for(slow(bench), 0s));
  CHECK(at_once == "TimeoutError");
  const auto before = co_await error_of(wait_for(slow(bench), -1s));
  CHECK(before == "TimeoutError");
  CHECK(bench.loop().time() == 10010ms);

  // If it fails in time, its error is unchanged.
  const auto failed =
      co_await error_of(wait_for(fails_after(1s, "inside"), 2s));
  CHECK(failed == "std::runtime_error: inside");
}

}  // namespace

TEST_CASE("t08 wait_for: in time, too late, without time, without end") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(waits(bench));
  CHECK(bench.log == Log{"inner cancelled", "and now"});
}

namespace {

Coroutine<> waits_for_futures(Bench& bench) {
  const auto done = bench.loop().create_future<int>();
  done.set_result(1);
  const int result = co_await wait_for(done, 0s);
  CHECK(result == 1);
  const auto cancelled = bench.loop().create_future();
  cancelled.cancel("before");
  const auto told = co_await error_of(wait_for(cancelled, 0s));
  CHECK(told == "CancelledError('before')");  // it did not time out
  const auto pending = bench.loop().create_future();
  const auto late = co_await error_of(wait_for(pending, 1s));
  CHECK(late == "TimeoutError");
  CHECK(pending.cancelled());
  const auto t = create_task(after(5s, 1));
  const auto late_too = co_await error_of(wait_for(t, 1s));
  CHECK(late_too == "TimeoutError");
  CHECK(t.cancelled());
}

}  // namespace

TEST_CASE("t08 wait_for a future or a task: it is cancelled") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(waits_for_futures(bench));
}

namespace {

Coroutine<> has_no_time(Bench& bench) {
  const auto pending = bench.loop().create_future();
  const int before = bench.watcher.iterations;
  const auto late = co_await error_of(wait_for(pending, 0s));
  CHECK(late == "TimeoutError");
  CHECK(bench.watcher.iterations - before == 2);  // CPython's number
}

}  // namespace

TEST_CASE("t08 wait_for without time: the future's end is waited for") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(has_no_time(bench));
}

namespace {

Coroutine<> was_cancelled_before(Bench& bench) {
  const auto pending = bench.loop().create_future();
  current_task()->cancel("before");
  const auto told = co_await error_of(wait_for(pending, 0s));
  CHECK(told == "CancelledError('before')");  // no TimeoutError
  CHECK(pending.cancelled());
}

}  // namespace

TEST_CASE("t08 wait_for without time: an earlier cancellation comes first") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(was_cancelled_before(bench));
}

namespace {

Coroutine<> waits_on(std::shared_ptr<int>) {
  try {
    co_await for_ever();
  } catch (const CancelledError&) {
  }
  co_await for_ever();
}
Coroutine<> drops_who_ignored_a_timeout() {
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> alive = token;
  {
    const auto t = create_task(wait_for(waits_on(std::move(token)), 1s));
    co_await sleep(2s);
    CHECK(!alive.expired());
  }
  CHECK(alive.expired());
}

}  // namespace

TEST_CASE("t08 wait_for: after its timeout it keeps no task alive") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(drops_who_ignored_a_timeout());
}

namespace {

Coroutine<int> refuses(std::chrono::nanoseconds more) {
  try {
    co_await sleep(100s);
  } catch (const CancelledError&) {
  }
  if (more > 0s) co_await sleep(more);
  co_return 7;
}
Coroutine<int> fails_instead() {
  try {
    co_await sleep(100s);
  } catch (const CancelledError&) {
  }
  throw std::runtime_error("instead");
}
Coroutine<> refused(Bench& bench) {
  const int at_once = co_await wait_for(refuses(0s), 1s);
  CHECK(at_once == 7);
  // The timeout's request is withdrawn, whatever the outcome.
  CHECK(current_task()->cancelling() == 0);
  const int later = co_await wait_for(refuses(2s), 1s);
  CHECK(later == 7);
  CHECK(bench.loop().time() == 4s);
  CHECK(current_task()->cancelling() == 0);
  const auto error = co_await error_of(wait_for(fails_instead(), 1s));
  CHECK(error == "std::runtime_error: instead");
  CHECK(current_task()->cancelling() == 0);
  const auto t = create_task(refuses(0s));
  co_await sleep(0s);
  const int no_time = co_await wait_for(t, 0s);
  CHECK(no_time == 7);
}

}  // namespace

TEST_CASE("t08 wait_for: the inner coroutine refuses to be cancelled") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(refused(bench));
}

namespace {

Coroutine<> cleans_up(Bench& bench, std::chrono::nanoseconds time) {
  std::exception_ptr error;
  try {
    co_await sleep(100s);
  } catch (...) {
    error = std::current_exception();
  }
  co_await sleep(time);
  bench.note("cleaned up");
  std::rethrow_exception(error);
}
template <class Awaitable>
Coroutine<> only_waits(Awaitable awaitable, std::chrono::nanoseconds timeout) {
  co_await wait_for(std::move(awaitable), timeout);
}
Coroutine<> cancels_who_waits(Bench& bench) {
  // Before the timeout: the cancellation goes through.
  const auto early = create_task(only_waits(slow(bench), 10s));
  co_await sleep(1s);
  early.cancel("from outside");
  const auto told = co_await error_of(early);
  CHECK(told == "CancelledError('from outside')");

  // The timeout first, then from outside: the second request is not lost.
  const auto both = create_task(only_waits(cleans_up(bench, 1s), 1s));
  co_await sleep(1500ms);
  CHECK(both.cancelling() == 1);
  both.cancel();
  CHECK(both.cancelling() == 2);
  const auto told_too = co_await error_of(both);
  CHECK(told_too == "CancelledError()");
  CHECK(both.cancelled());

  // Without time, while the inner task still cleans up.
  const auto inner = create_task(cleans_up(bench, 1s));
  co_await sleep(0s);
  const auto waiting = create_task(only_waits(inner, 0s));
  co_await sleep(500ms);
  waiting.cancel();
  const auto not_a_timeout = co_await error_of(waiting);
  CHECK(not_a_timeout == "CancelledError()");
  CHECK(inner.cancelling() == 1);  // asked once, by wait_for
  CHECK(inner.repr().find("_release_waiter") == std::string::npos);
  const auto cleaned = co_await error_of(inner);
  CHECK(cleaned == "CancelledError()");
}

}  // namespace

TEST_CASE("t08 wait_for: a cancellation from outside is not a timeout") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(cancels_who_waits(bench));
  CHECK(bench.log == Log{"inner cancelled", "cleaned up"});
}

namespace {

Coroutine<> nests() {
  const auto inner =
      co_await error_of(wait_for(wait_for(after(9s, 1), 1s), 5s));
  CHECK(inner == "TimeoutError");
  const auto outer =
      co_await error_of(wait_for(wait_for(after(9s, 1), 5s), 1s));
  CHECK(outer == "TimeoutError");
  CHECK(current_task()->cancelling() == 0);
}

}  // namespace

TEST_CASE("t08 wait_for in a wait_for") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(nests());
  CHECK(bench.loop().time() == 2s);
}

// --- shield ------------------------------------------------------------------

namespace {

Coroutine<std::string> inner(Bench& bench) {
  co_await sleep(20ms);
  bench.note("inner finished");
  co_return "r";
}
Coroutine<std::string> waiter(Task<std::string> t) {
  co_return co_await shield(t);
}
Coroutine<> shields(Bench& bench) {
  const auto t = create_task(inner(bench));
  const auto w = create_task(waiter(t));
  co_await sleep(0s);
  w.cancel();
  const auto told = co_await error_of(w);
  CHECK(told == "CancelledError()");
  CHECK_FALSE(t.cancelled());
  CHECK_FALSE(t.done());
  CHECK(t.repr().find("shield") == std::string::npos);  // it is gone
  bench.note("outer cancelled");
  const std::string result = co_await t;
  CHECK(result == "r");

  // A future that is done needs no shield.
  CHECK(shield(t) == t);
  // Errors and cancellations of the inner one come through.
  const auto error = co_await error_of(shield(fails_after(1s, "inside")));
  CHECK(error == "std::runtime_error: inside");
  const auto cancelled = create_task(noted(bench, "c", 1s));
  const auto outer = shield(cancelled);
  co_await sleep(0s);
  cancelled.cancel("me");
  const auto gone = co_await error_of(outer);
  CHECK(gone == "CancelledError()");
  CHECK(outer.cancelled());
}

}  // namespace

TEST_CASE("t09 shield: the outer await is cancelled, the inner task goes on") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(shields(bench));
  CHECK(bench.log ==
        Log{"outer cancelled", "inner finished", "c starts", "c cancelled me"});
}

namespace {

Coroutine<> shields_what_nobody_holds(Bench& bench) {
  {
    const auto outer = shield(for_ever());
    co_await sleep(0s);
    outer.cancel();
  }
  bench.note("dropped");
}

}  // namespace

TEST_CASE(
    "t09 a shielded task that is not held is reported from chapter 7 on") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(shields_what_nobody_holds(bench));
  const bool tells = dynamic_cast<ch07::EventLoop*>(&bench.loop()) != nullptr;
  REQUIRE(bench.reports.size() == (tells ? 1 : 0));
  if (tells) {
    CHECK(bench.reports[0].find("Task was destroyed but it is pending!") == 0);
  }
}

namespace {

Coroutine<> shields_what_fails_late(Bench& bench) {
  const auto inner_task = create_task(fails_after(1s, "late"));
  const auto outer = shield(inner_task);
  co_await sleep(0s);
  outer.cancel();
  co_await sleep(2s);
  CHECK(inner_task.done());
  CHECK(outer.cancelled());
  bench.note("over");
}

}  // namespace

namespace {

Coroutine<> drops_a_shield_whose_inner_fails(Bench& bench) {
  const auto inner = bench.loop().create_future<int>();
  static_cast<void>(shield(inner));
  inner.set_exception(std::runtime_error("nobody asked"));
  co_await sleep(0s);
  co_await sleep(0s);
}

}  // namespace

TEST_CASE("shield: one that is dropped hears of the end, and is reported") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(drops_a_shield_whose_inner_fails(bench));
  if (!bench.reports_losses()) return;
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].find("Future exception was never retrieved") == 0);
}

TEST_CASE(
    "shield: a cancelled one does not look at the error that comes late") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(shields_what_fails_late(bench));
  CHECK(bench.log == Log{"over"});
  if (!bench.reports_losses()) return;
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].find("Task exception was never retrieved") == 0);
}

// --- run_until_complete and run ----------------------------------------------

namespace {

Coroutine<int> forty_two() { co_return 42; }
Coroutine<> boom() {
  throw std::invalid_argument("boom");
  co_return;
}

}  // namespace

TEST_CASE("l09 run_until_complete: value, error, a done future, a stop") {
  Bench bench(GENERATE(from_range(kinds())));
  EventLoop& loop = bench.loop();
  CHECK(loop.run_until_complete(forty_two()) == 42);
  CHECK(thrown_by([&] { loop.run_until_complete(boom()); }) ==
        "std::invalid_argument: boom");
  const auto f = loop.create_future<std::string>();
  f.set_result("ready");
  const int before = bench.watcher.iterations;
  CHECK(loop.run_until_complete(f) == "ready");
  CHECK(bench.watcher.iterations == before + 1);
  loop.call_soon([&] { loop.stop(); });
  CHECK(thrown_by([&] { loop.run_until_complete(for_ever()); }) ==
        "std::runtime_error: Event loop stopped before Future completed.");
  CHECK(bench.reports.empty());
  CHECK(*loop.run_until_complete(moves(3)) == 3);
  loop.close();
  CHECK(thrown_by([&] { loop.run_until_complete(forty_two()); }) ==
        "std::runtime_error: Event loop is closed");
  CHECK(thrown_by([&] { loop.run_until_complete(f); }) ==
        "std::runtime_error: Event loop is closed");
}

TEST_CASE("l09 the loop runs one iteration more than the task") {
  Bench bench(GENERATE(from_range(kinds())));
  EventLoop& loop = bench.loop();
  // In the iteration after the task's last step, the loop is told to stop, and
  // all that is queued with that call runs too.
  loop.call_soon([&] {
    loop.call_soon([&] {
      bench.note("one more");
      loop.call_soon([&] { bench.note("not this one"); });
    });
  });
  loop.run_until_complete(forty_two());
  CHECK(bench.log == Log{"one more"});
  CHECK(bench.watcher.iterations == 2);
}

namespace {

Coroutine<> runs_in_a_run(Bench& bench, EventLoop& other) {
  EventLoop& loop = bench.loop();
  CHECK(thrown_by([&] { loop.run_until_complete(nothing()); }) ==
        "std::runtime_error: This event loop is already running");
  CHECK(thrown_by([&] { other.run_until_complete(nothing()); }) ==
        "std::runtime_error: Cannot run the event loop while another loop is "
        "running");
  CHECK(thrown_by([&] { ch03::run(nothing(), bench.clock); }) ==
        "std::runtime_error: asyncio.run() cannot be called from a running "
        "event loop");
  CHECK(&ch03::get_running_loop() == &loop);
  CHECK(loop.is_running());
  CHECK_FALSE(other.is_running());
  co_await sleep(0s);
  CHECK(loop.is_running());
}

}  // namespace

TEST_CASE("l12 no loop runs inside a loop") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto other = bench.other_loop();
  bench.run(runs_in_a_run(bench, *other));
  CHECK(thrown_by([] { ch03::get_running_loop(); }) ==
        "std::runtime_error: no running event loop");
}

namespace {

// Each chapter has its own run(): this is what they have in common.
struct Runner {
  std::string chapter;
  void (*run)(Coroutine<> main, common::Clock& clock, Log& reports);
};

template <class Loop>
void run_on(Coroutine<> main, common::Clock& clock, Log& reports) {
  ch03::run_on<Loop>(
      std::move(main), clock, std::source_location::current(),
      [&reports](EventLoop& loop) {
        loop.set_exception_handler(
            [&reports](ch02::EventLoop&,
                       const ch02::ExceptionContext& context) {
              reports.push_back(
                  ch02::exception_report(context, common::Detail::brief) +
                  "\n" + common::describe(context.exception));
            });
      });
}

std::vector<Runner> runners() {
  std::vector<Runner> runners;
  loops::for_each<loops::From<ch03::EventLoop>>(
      [&runners]<class Loop>(std::type_identity<Loop>) {
        runners.push_back({"chapter " + loops::number<Loop>(), run_on<Loop>});
      });
  return runners;
}

Coroutine<> bad_cleanup() {
  const AtEnd at_end([] {});
  try {
    co_await sleep(60s);
  } catch (const CancelledError&) {
    throw std::runtime_error("cleanup failed");
  }
}
Coroutine<> leaves_a_bad_one(std::vector<Task<>>& kept) {
  kept.push_back(create_task(bad_cleanup(), "bad"));
  co_await sleep(0s);
}
Coroutine<> leaves_others(Log& log) {
  const auto note = [](Log& notes, std::string name) -> Coroutine<> {
    const AtEnd at_end([&notes, name] { notes.push_back(name + " ended"); });
    co_await sleep(60s);
  };
  static_cast<void>(create_task(note(log, "a")));
  static_cast<void>(create_task(note(log, "b")));
  co_await sleep(0s);
  log.push_back("main ended");
}
Coroutine<> stops_the_loop() {
  try {
    co_await sleep(60s);
  } catch (const CancelledError&) {
    ch03::get_running_loop().stop();
  }
  co_await sleep(1s);
}
Coroutine<> leaves_one_that_stops(std::vector<Task<>>& kept) {
  kept.push_back(create_task(stops_the_loop()));
  co_await sleep(0s);
}
Coroutine<> stops_early(Log& log) {
  ch03::get_running_loop().stop();
  try {
    co_await sleep(60s);
  } catch (const CancelledError&) {
    log.emplace_back("main was cancelled");
    throw;
  }
}

}  // namespace

TEST_CASE("r14 run gives the result, or throws the error") {
  common::VirtualClock clock;
  CHECK(ch03::run(forty_two(), clock) == 42);
  CHECK(ch04::run(forty_two(), clock) == 42);
  CHECK(ch05::run(forty_two(), {.clock = &clock}) == 42);
  CHECK(ch06::run(forty_two(), {.clock = &clock}) == 42);
  CHECK(ch07::run(forty_two(), {.clock = &clock}) == 42);
  CHECK(*ch03::run(moves(4), clock) == 4);

  const auto [chapter, run] = GENERATE(from_range(runners()));
  INFO("the loop of " << chapter);
  Log reports;
  run(nothing(), clock, reports);
  const auto boom_out = [&, run_it = run] { run_it(boom(), clock, reports); };
  CHECK(thrown_by(boom_out) == "std::invalid_argument: boom");
  CHECK_FALSE(ch02::get_running_loop_or_null());
  CHECK(reports.empty());
}

TEST_CASE("run cancels what is left, before it returns") {
  const auto [chapter, run] = GENERATE(from_range(runners()));
  INFO("the loop of " << chapter);
  common::VirtualClock clock;
  Log log, reports;
  run(leaves_others(log), clock, reports);
  CHECK(log == Log{"main ended", "a ended", "b ended"});
  CHECK(clock.now() == 0s);
  CHECK(reports.empty());
}

TEST_CASE("r12 a task that fails while run cancels it is reported") {
  const auto [chapter, run] = GENERATE(from_range(runners()));
  INFO("the loop of " << chapter);
  common::VirtualClock clock;
  std::vector<Task<>> kept;
  Log reports;
  run(leaves_a_bad_one(kept), clock, reports);
  REQUIRE(reports.size() == 1);
  const std::string start =
      "unhandled exception during asyncio.run() shutdown\n"
      "task: <Task finished name='bad' coro=<bad_cleanup() done, defined at "
      "03_awaiting_test.cpp:";
  CHECK(reports[0].substr(0, start.size()) == start);
  const std::string end =
      "> exception=std::runtime_error('cleanup failed')>\n"
      "std::runtime_error: cleanup failed";
  REQUIRE(reports[0].size() > end.size());
  CHECK(reports[0].substr(reports[0].size() - end.size()) == end);
}

TEST_CASE("a loop that is stopped makes run throw, and not end the program") {
  const auto [chapter, run_it] = GENERATE(from_range(runners()));
  INFO("the loop of " << chapter);
  const auto run = run_it;
  const ch07::CatchWarnings quiet(ch07::Record::yes);
  common::VirtualClock clock;
  std::vector<Task<>> kept;
  Log log, reports;
  const std::string stopped =
      "std::runtime_error: Event loop stopped before Future completed.";
  CHECK(thrown_by([&] { run(leaves_one_that_stops(kept), clock, reports); }) ==
        stopped);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].done());
  CHECK(thrown_by([&] { run(stops_early(log), clock, reports); }) == stopped);
  CHECK(log == Log{"main was cancelled"});
}

namespace {

Coroutine<int> leaves_a_timer() {
  ch03::get_running_loop().call_later(60s, [] {});
  co_return 1;
}

}  // namespace

TEST_CASE("run throws what a warning became, and does not end the program") {
  const ch07::CatchWarnings filters(ch07::Record::yes);
  ch07::simplefilter("error", ch07::ResourceWarning);
  common::VirtualClock clock;
  CHECK(thrown_by([&] {
          ch07::run(leaves_a_timer(), {.clock = &clock});
        }).find("timer left when the event loop was closed") !=
        std::string::npos);
}

TEST_CASE("l09 a run that was stopped early stops no later one") {
  Bench bench(GENERATE(from_range(kinds())));
  EventLoop& loop = bench.loop();
  const auto future = loop.create_future<std::string>();
  loop.call_soon([&] { loop.stop(); });
  CHECK(thrown_by([&] { loop.run_until_complete(future); }) ==
        "std::runtime_error: Event loop stopped before Future completed.");
  loop.call_soon([&] { future.set_result("late"); });
  loop.call_later(1s, [&] {
    bench.note("a second later");
    loop.stop();
  });
  loop.run_forever();
  CHECK(bench.log == Log{"a second later"});
}
