// Cancellation: the cases t06 and t18, and chapter 3's other promises.

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/pieces/03_bench.hpp"

namespace {

using namespace tasks;
using ch03::current_task;

Coroutine<std::string> sleeper(Bench& bench, std::string tag,
                               bool swallow = false) {
  bench.note(tag + " started");
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    bench.note(tag + " got CancelledError");
    if (!swallow) throw;
  }
  co_return "swallowed";
}

// The outcome of an await: the result, or the text of the cancellation.
template <class T>
Coroutine<std::string> outcome(Future<T> future) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await future;
      co_return "done";
    } else {
      co_return co_await future;
    }
  } catch (const CancelledError& error) {
    co_return "CancelledError(" +
        (error.message() ? "'" + *error.message() + "'" : "") + ")";
  } catch (const std::exception& error) {
    co_return error.what();
  }
}

Coroutine<> cancels(Bench& bench) {
  auto t = ensure_future(sleeper(bench, "A"));
  CHECK(t.cancel());
  std::string got = co_await outcome<std::string>(t);
  CHECK(got == "CancelledError()");
  CHECK(t.cancelled());
  bench.note("A never started");

  t = ensure_future(sleeper(bench, "B"));
  co_await sleep(0s);
  CHECK(t.cancel());
  CHECK_FALSE(t.cancelled());
  CHECK_FALSE(t.done());
  got = co_await outcome<std::string>(t);
  CHECK(got == "CancelledError()");
  CHECK(t.cancelled());

  t = ensure_future(sleeper(bench, "C", true));
  co_await sleep(0s);
  t.cancel();
  got = co_await outcome<std::string>(t);
  CHECK(got == "swallowed");
  CHECK_FALSE(t.cancelled());
  CHECK_FALSE(t.cancel());
  CHECK(t.result() == "swallowed");

  t = ensure_future(sleeper(bench, "D"));
  co_await sleep(0s);
  t.cancel("why");
  t.cancel();
  CHECK(t.cancelling() == 2);
  CHECK(t.uncancel() == 1);
  got = co_await outcome<std::string>(t);
  CHECK(got == "CancelledError('why')");
}

}  // namespace

TEST_CASE("t06 cancel: before the first step, waiting, swallowed, twice") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(cancels(bench));
  CHECK(bench.log == Log{"A never started", "B started", "B got CancelledError",
                         "C started", "C got CancelledError", "D started",
                         "D got CancelledError"});
  CHECK(bench.loop().time() == 0s);
}

TEST_CASE("t18 a cancel that comes after the wake-up still wins") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future();
  const auto t = bench.loop().create_task(outcome(f));
  bench.run_once();
  f.set_result();
  CHECK(t.cancel());
  bench.run_once();
  CHECK(t.result() == "CancelledError()");
}

TEST_CASE("t18 the late cancel wins over an error, which counts as seen") {
  Bench bench(GENERATE(from_range(kinds())));
  {
    const auto f = bench.loop().create_future();
    const auto t = bench.loop().create_task(outcome(f));
    bench.run_once();
    f.set_exception(std::runtime_error("nobody sees it"));
    CHECK(t.cancel("late"));
    bench.run_once();
    CHECK(t.result() == "CancelledError('late')");
  }
  CHECK(bench.reports.empty());
}

namespace {

Coroutine<std::string> cancels_itself(Bench& bench, bool then_waits) {
  current_task()->cancel("myself");
  // A future that is done needs no waiting, so nothing is delivered there.
  const auto ready = bench.loop().create_future();
  ready.set_result();
  co_await ready;
  bench.note("still here");
  if (then_waits) {
    const std::string got = co_await outcome(bench.loop().create_future());
    bench.note(got);
  }
  co_return "returned";
}

}  // namespace

TEST_CASE("a task that cancels itself is told when it next waits") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(cancels_itself(bench, true));
  bench.run_iterations(2);
  CHECK(bench.log == Log{"still here", "CancelledError('myself')"});
  CHECK(t.result() == "returned");
}

namespace {

Coroutine<std::string> awaits_itself(bool cancels) {
  if (cancels) current_task()->cancel("first");
  co_return co_await outcome(loops::myself<std::string>());
}

}  // namespace

TEST_CASE("a task that cancels itself and awaits itself hears of the former") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(awaits_itself(true));
  bench.run_iterations(2);
  CHECK(t.result() == "CancelledError('first')");
}

TEST_CASE("uncancel takes a cancellation back, and no other error") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(awaits_itself(false));
  bench.run_once();
  t.cancel();
  CHECK(t.uncancel() == 0);
  bench.run_once();
  CHECK(t.result().find("Task cannot await on itself: ") == 0);
}

TEST_CASE("a task that cancels itself and never waits is cancelled") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(cancels_itself(bench, false));
  bench.run_once();
  CHECK(bench.log == Log{"still here"});
  CHECK(t.cancelled());
  CHECK(thrown_by([&] { return t.result(); }) == "CancelledError('myself')");
}

TEST_CASE("uncancel takes back what was not delivered yet") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future();
  const auto t = bench.loop().create_task(outcome(f));
  bench.run_once();
  f.set_result();
  t.cancel();
  CHECK(t.cancelling() == 1);
  CHECK(t.uncancel() == 0);
  CHECK(t.uncancel() == 0);
  bench.run_once();
  CHECK(t.result() == "done");
}

namespace {

Coroutine<std::string> deep_inside(Future<> future) {
  co_return co_await outcome(future);
}
Coroutine<> passes_through(Future<> future) { co_await future; }
Coroutine<> only_ordinary_errors(Bench& bench, Future<> future) {
  try {
    co_await passes_through(future);
  } catch (const std::exception&) {
    bench.note("an ordinary error");
  }
}

}  // namespace

TEST_CASE("a cancellation reaches the innermost coroutine") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t =
      bench.loop().create_task(deep_inside(bench.loop().create_future()));
  bench.run_once();
  t.cancel();
  bench.run_once();
  CHECK(t.result() == "CancelledError()");
}

TEST_CASE("CancelledError is no std::exception: it is not caught by mistake") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(
      only_ordinary_errors(bench, bench.loop().create_future()));
  bench.run_once();
  t.cancel();
  bench.run_once();
  CHECK(t.cancelled());
  CHECK(bench.log.empty());
}

TEST_CASE("cancelling one who waits for a task cancels that task first") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto inner = bench.loop().create_task(sleeper(bench, "inner"));
  const auto outer = bench.loop().create_task(outcome<std::string>(inner));
  bench.run_once();
  outer.cancel("stop");
  CHECK(inner.cancelling() == 1);
  CHECK(outer.cancelling() == 1);
  bench.run_once();
  CHECK(inner.cancelled());
  CHECK_FALSE(outer.done());
  bench.run_once();
  CHECK(outer.result() == "CancelledError('stop')");
}

TEST_CASE("cancelling one of two who wait for a future cancels both") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future();
  const auto a = bench.loop().create_task(outcome(f));
  const auto b = bench.loop().create_task(outcome(f));
  bench.run_once();
  a.cancel();
  CHECK(f.cancelled());
  bench.run_once();
  CHECK(a.result() == "CancelledError()");
  CHECK(b.result() == "CancelledError()");
}

namespace {

Coroutine<> throws_when_cancelled() {
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    throw std::runtime_error("instead");
  }
}
Coroutine<> throws_cancelled() {
  throw CancelledError("made up");
  co_return;
}
// Cancelled at a sleep of zero seconds too.
Coroutine<> yields_for_ever(Bench& bench) {
  try {
    for (;;) co_await sleep(0s);
  } catch (const CancelledError&) {
    bench.note("stopped");
    throw;
  }
}

}  // namespace

TEST_CASE("another error thrown instead of the cancellation counts") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(throws_when_cancelled());
  bench.run_once();
  t.cancel();
  bench.run_once();
  CHECK_FALSE(t.cancelled());
  CHECK(thrown_by([&] { return t.result(); }) == "std::runtime_error: instead");
}

TEST_CASE("a CancelledError of its own cancels a task, too") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(throws_cancelled());
  bench.run_once();
  CHECK(t.cancelled());
  CHECK(t.cancelling() == 0);
  CHECK(thrown_by([&] { return t.result(); }) == "CancelledError('made up')");
}

TEST_CASE("a task that only yields can be cancelled") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(yields_for_ever(bench));
  bench.run_iterations(3);
  t.cancel();
  bench.run_once();
  CHECK(t.cancelled());
  CHECK(bench.log == Log{"stopped"});
}

TEST_CASE("a cancelled sleep takes its timer back") {
  Bench bench(GENERATE(from_range(kinds())));
  {
    const auto t = bench.loop().create_task(sleeper(bench, "t"));
    bench.run_once();
    t.cancel();
    bench.run_once();
    CHECK(t.cancelled());
    bench.log.clear();
    bench.watcher.on_change = [&](FutureBase&, Change change) {
      bench.note(change == Change::drop ? "drop" : "other");
    };
  }
  // The task and the future of its sleep: the timer holds neither.
  CHECK(bench.log.size() >= 1);
  CHECK(bench.log.back() == "drop");
  bench.watcher.on_change = nullptr;
  // There is nothing left to wait for but the next sleep.
  bench.run(outcome(bench.loop().create_task(sleeper(bench, "u", true))));
  CHECK(bench.loop().time() == 10s);
}

namespace {

Coroutine<> swallows(Bench& bench, int times) {
  for (int i = 0; i < times; ++i) {
    try {
      co_await sleep(10s);
    } catch (const CancelledError&) {
      bench.note("swallowed");
    }
  }
  co_await sleep(1s);
}

}  // namespace

TEST_CASE("a task may refuse to be cancelled, again and again") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(swallows(bench, 2));
  bench.run_once();
  t.cancel();
  bench.run_once();
  t.cancel();
  bench.run_once();
  CHECK(bench.log == Log{"swallowed", "swallowed"});
  CHECK_FALSE(t.done());
  CHECK(t.cancelling() == 2);
  bench.loop().run_until_complete(t);
  CHECK(bench.loop().time() == 1s);
}

TEST_CASE("cancel in a done callback, and of a task that is being finished") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future();
  const auto victim = bench.loop().create_task(sleeper(bench, "victim"));
  f.add_done_callback([&](auto) {
    CHECK(victim.cancel());
    CHECK_FALSE(f.cancel());
  });
  victim.add_done_callback([&](Future<std::string> done) {
    bench.note(done.cancelled() ? "cancelled" : "not cancelled");
    CHECK_FALSE(done.cancel());
  });
  bench.run_once();
  f.set_result();
  bench.run_iterations(3);
  CHECK(bench.log ==
        Log{"victim started", "victim got CancelledError", "cancelled"});
}

namespace {

Coroutine<> awaits_later(const std::optional<Task<>>& task) {
  co_await sleep(0s);
  co_await *task;
}

}  // namespace

TEST_CASE("cancel: a circle of waiting tasks is broken where it closes") {
  Bench bench(GENERATE(from_range(kinds())));
  std::optional<Task<>> a, b, c;
  a = bench.loop().create_task(awaits_later(b), "a");
  b = bench.loop().create_task(awaits_later(c), "b");
  c = bench.loop().create_task(awaits_later(b), "c");
  bench.run_iterations(3);
  CHECK(a->repr().find("...") != std::string::npos);
  CHECK(a->cancel("enough"));
  CHECK(a->cancelling() == 1);
  CHECK(b->cancelling() == 1);
  CHECK(c->cancelling() == 1);
  // c waits for b, which is on the way already; so it ends first.
  bench.run_once();
  CHECK(c->cancelled());
  CHECK_FALSE(b->done());
  bench.run_once();
  CHECK(b->cancelled());
  CHECK_FALSE(a->done());
  bench.run_once();
  CHECK(a->cancelled());
  CHECK(thrown_by([&] { a->result(); }) == "CancelledError('enough')");
}

TEST_CASE("cancel: two tasks that await each other, either of them asked") {
  Bench bench(GENERATE(from_range(kinds())));
  const bool first = GENERATE(true, false);
  std::optional<Task<>> a, b;
  a = bench.loop().create_task(awaits_later(b), "a");
  b = bench.loop().create_task(awaits_later(a), "b");
  bench.run_iterations(3);
  CHECK((first ? a : b)->cancel());
  bench.run_iterations(3);
  CHECK(a->cancelled());
  CHECK(b->cancelled());
}

namespace {

Coroutine<> cancels_and_awaits(const std::optional<Task<>>& ancestor) {
  co_await sleep(0s);
  ancestor->cancel("by the child");
  co_await *ancestor;
}

Coroutine<> awaits_through(int tasks, bool with_gather,
                           const std::optional<Task<>>& ancestor) {
  if (tasks > 1) {
    const auto next =
        create_task(awaits_through(tasks - 1, with_gather, ancestor));
    if (with_gather) {
      co_await gather(next, sleep(1h));
    } else {
      co_await next;
    }
  }
  co_await cancels_and_awaits(ancestor);
}

}  // namespace

TEST_CASE("cancel: a child that cancels and awaits its ancestor") {
  Bench bench(GENERATE(from_range(kinds())));
  const int tasks = GENERATE(2, 3, 5);
  const bool with_gather = GENERATE(false, true);
  std::optional<Task<>> top;
  top = bench.loop().create_task(awaits_through(tasks, with_gather, top));
  bench.run_iterations(30);
  CHECK(top->cancelled());
  CHECK(bench.loop().all_tasks().empty());
}

namespace {

Coroutine<> awaits_a_gathering_of(const std::optional<Task<>>& task) {
  co_await gather(*task);
}

}  // namespace

TEST_CASE("cancel: a task that awaits a gathering of itself") {
  Bench bench(GENERATE(from_range(kinds())));
  std::optional<Task<>> task;
  task = bench.loop().create_task(awaits_a_gathering_of(task));
  bench.run_iterations(2);
  CHECK(task->cancel());
  bench.run_iterations(3);
  CHECK(task->cancelled());
}

namespace {

Coroutine<> gathers_later(const std::optional<Task<>>& task) {
  co_await sleep(0s);
  co_await gather(*task);
}

}  // namespace

TEST_CASE("cancel: a circle that goes through gather is broken, too") {
  Bench bench(GENERATE(from_range(kinds())));
  std::optional<Task<>> a, b;
  a = bench.loop().create_task(gathers_later(b), "a");
  b = bench.loop().create_task(awaits_later(a), "b");
  bench.run_iterations(3);
  const bool first = GENERATE(true, false);
  CHECK((first ? a : b)->cancel());
  bench.run_iterations(5);
  CHECK(a->cancelled());
  CHECK(b->cancelled());
}

namespace {

// Asks itself to stop, but never waits again.
Coroutine<std::string> cancels_itself(std::optional<std::string> error) {
  current_task()->cancel();
  if (error) throw std::runtime_error(*error);
  co_return "done";
}

Coroutine<> ends_before_the_cancellation() {
  std::string got =
      co_await outcome<std::string>(ensure_future(cancels_itself("own")));
  CHECK(got == "own");
}

}  // namespace

TEST_CASE("a task's own error comes before a cancellation that came late") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(ends_before_the_cancellation());
}

namespace {

Coroutine<> takes_one_of_two_back() {
  current_task()->cancel();
  current_task()->cancel();
  CHECK(current_task()->uncancel() == 1);
  std::string got = "not cancelled";
  try {
    co_await sleep(1s);
  } catch (const CancelledError&) {
    got = "cancelled";
  }
  CHECK(got == "cancelled");
}

}  // namespace

TEST_CASE("uncancel takes the cancellation back with the last request only") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(takes_one_of_two_back());
}
