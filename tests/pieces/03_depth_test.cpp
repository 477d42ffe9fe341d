// Nothing grows on the stack, in any build: a million awaits, a million
// coroutines in a chain, and the end of long chains of objects that hold each
// other.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/pieces/03_bench.hpp"

namespace {

using namespace tasks;

constexpr int kMillion = 1'000'000;
constexpr int kManyTasks = 100'000;

// The first and the last loop that do not report what is left: a report of
// 100,000 tasks is long.
Kind plain() { return kinds()[0]; }
Kind last() { return kinds()[3]; }

Coroutine<int> one() { co_return 1; }
Coroutine<long long> awaits_coroutines(int times) {
  long long sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await one();
  co_return sum;
}
Coroutine<long long> awaits_a_future(Future<int> future, int times) {
  long long sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await future;
  co_return sum;
}
Coroutine<int> chain(int length) {
  if (length == 0) {
    co_await sleep(1s);
    co_return 0;
  }
  co_return 1 + co_await chain(length - 1);
}
Coroutine<int> failing_chain(int length) {
  if (length == 0) throw std::runtime_error("at the end");
  co_return 1 + co_await failing_chain(length - 1);
}
Coroutine<> stuck_chain(int length, Future<> future) {
  const Counted local;
  if (length == 0) {
    co_await future;
  } else {
    co_await stuck_chain(length - 1, future);
  }
}
Coroutine<> waits_for_next(std::optional<Task<>> next, Future<> last) {
  const Counted local;
  if (next) {
    co_await *next;
  } else {
    co_await last;
  }
}

// The task at the end of a chain of tasks, each of which holds and awaits the
// next.
Task<> row(Bench& bench, int length, const Future<>& last) {
  std::optional<Task<>> next;
  for (int i = 0; i < length; ++i) {
    next = bench.loop().create_task(waits_for_next(std::move(next), last));
    next->set_log_destroy_pending(false);
  }
  return *next;
}

}  // namespace

TEST_CASE("a million awaits of coroutines that are ready") {
  Bench bench(GENERATE(plain(), last()));
  CHECK(bench.run(awaits_coroutines(kMillion)) == kMillion);
  CHECK(bench.watcher.iterations == 2);
}

TEST_CASE("a million awaits of a future that is done") {
  Bench bench(GENERATE(plain(), last()));
  const auto f = bench.loop().create_future<int>();
  f.set_result(1);
  CHECK(bench.run(awaits_a_future(f, kMillion)) == kMillion);
  CHECK(bench.watcher.iterations == 2);
}

TEST_CASE("a chain of a million coroutines waits, and returns") {
  Bench bench(last());
  CHECK(bench.run(chain(kMillion)) == kMillion);
}

TEST_CASE("an error goes through a chain of 100,000 coroutines") {
  Bench bench(last());
  CHECK(thrown_by([&] { bench.run(failing_chain(100'000)); }) ==
        "std::runtime_error: at the end");
}

TEST_CASE("the end of a suspended chain of 100,000 coroutines") {
  Bench bench(GENERATE(plain(), last()));
  enum class How { drop, cancel, close };
  const auto how = GENERATE(How::drop, How::cancel, How::close);
  const auto f = bench.loop().create_future();
  std::optional<Task<>> task =
      bench.loop().create_task(stuck_chain(100'000, f));
  task->set_log_destroy_pending(false);
  bench.run_once();
  CHECK(Counted::alive == 100'001);
  if (how == How::drop) task.reset();
  if (how == How::cancel) {
    task->cancel();
    bench.run_once();
    CHECK(task->cancelled());
  }
  if (how == How::close) {
    bench.loop().close();
    bench.destroy_loop();
  }
  CHECK(Counted::alive == 0);
}

TEST_CASE("a row of 100,000 tasks, each holding and awaiting the next") {
  Bench bench(GENERATE(plain(), last()));
  enum class How { finish, cancel, drop, destroy };
  const auto how = GENERATE(How::finish, How::cancel, How::drop, How::destroy);
  const auto f = bench.loop().create_future();
  std::optional<Task<>> first = row(bench, kManyTasks, f);
  bench.run_once();
  CHECK(Counted::alive == kManyTasks);
  if (how == How::finish) {
    f.set_result();
    bench.loop().run_until_complete(*first);
    CHECK(first->done());
  }
  if (how == How::cancel) {
    CHECK(first->cancel());
    CHECK(f.cancelled());
    bench.run_iterations(kManyTasks);
    CHECK(first->cancelled());
  }
  if (how == How::destroy) {
    bench.loop().close();
    bench.destroy_loop();
  }
  first.reset();
  CHECK(Counted::alive == 0);
}

TEST_CASE("a long row of tasks has a short repr") {
  Bench bench(plain());
  const auto f = bench.loop().create_future();
  const auto first = row(bench, 10'000, f);
  bench.run_once();
  const std::string text = first.repr();
  CHECK(text.size() < 10'000);
  CHECK(text.find("...") != std::string::npos);
}

TEST_CASE("100,000 tasks are alive at once") {
  Bench bench(GENERATE(plain(), last()));
  const auto f = bench.loop().create_future();
  std::vector<Task<>> all;
  for (int i = 0; i < kManyTasks; ++i) {
    all.push_back(bench.loop().create_task(waits_for_next(std::nullopt, f)));
  }
  bench.run_once();
  CHECK(bench.loop().all_tasks().size() == kManyTasks);
  CHECK(Counted::alive == kManyTasks);
  f.set_result();
  bench.run_once();
  CHECK(Counted::alive == 0);
  CHECK(bench.loop().all_tasks().empty());
}

TEST_CASE("100,000 sleepers, and what the loop's end makes of them") {
  Bench bench(last());
  const bool sleep_out = GENERATE(true, false);
  for (int i = 0; i < kManyTasks; ++i) {
    static_cast<void>(bench.loop().create_task(chain(0)));
  }
  bench.run_once();
  if (sleep_out) {
    bench.run(awaits_coroutines(1));
    bench.run(chain(0));
    CHECK(bench.loop().all_tasks().empty());
  }
  bench.loop().close();
}

namespace {

Coroutine<> retry(Coroutine<> inner) { co_await std::move(inner); }
Coroutine<> nothing() { co_return; }
Coroutine<> nested(int length) {
  Coroutine<> chained = nothing();
  for (int i = 0; i < length; ++i) chained = retry(std::move(chained));
  return chained;
}

}  // namespace

TEST_CASE("coroutines in coroutines that never begin end in turn") {
  Bench bench(plain());
  SECTION("closed") { nested(kManyTasks).close(); }
  // A warning is written for each that was never awaited: fewer will do.
  constexpr int kFew = 10'000;
  SECTION("dropped") { static_cast<void>(nested(kFew)); }
  SECTION("of a task that is dropped") {
    static_cast<void>(bench.loop().create_task(nested(kFew)));
  }
  SECTION("run") { bench.run(nested(kManyTasks)); }
  SECTION("of a task that is cancelled before its first step") {
    const auto task = bench.loop().create_task(nested(kFew));
    task.cancel();
    bench.run_once();
    CHECK(task.cancelled());
  }
}

TEST_CASE("gatherings of gatherings are cancelled, and end, in turn") {
  Bench bench(GENERATE(plain(), last()));
  const bool through_tasks = GENERATE(false, true);
  const auto future = bench.loop().create_future();
  auto outer = future;
  std::vector<Task<>> tasks;
  for (int i = 0; i < kManyTasks / 3; ++i) {
    std::vector<Future<>> children{outer};
    const auto gathering = gather(children);
    if (through_tasks) {
      tasks.push_back(bench.loop().create_task(
          [](Future<std::vector<std::monostate>> inner) -> Coroutine<> {
            co_await inner;
          }(gathering)));
      outer = tasks.back();
    } else {
      const auto done = bench.loop().create_future();
      gathering.add_done_callback([done](auto which) {
        which.exception();
        done.cancel();
      });
      outer = done;
    }
  }
  bench.run_once();
  CHECK(outer.cancel("enough"));
  if (through_tasks) {
    CHECK(future.cancelled());
    for (int i = 0; i < 4 * kManyTasks && !outer.done(); ++i) bench.run_once();
    CHECK(outer.cancelled());
  }
  bench.loop().close();
}

namespace {

// A gathering of a gathering of ... of one future, as a plain chain of objects.
ch03::Ref<FutureBase> gatherings(int count, const Future<>& innermost) {
  ch03::Ref<FutureBase> outer = innermost.base();
  for (int i = 0; i < count; ++i) {
    outer = ch03::make_gather<std::monostate>(
                {outer}, false, [] { return std::monostate(); },
                std::source_location::current())
                .base();
  }
  return outer;
}

}  // namespace

TEST_CASE("a row of gatherings is cancelled, and destroyed, in turn") {
  Bench bench(GENERATE(plain(), last()));
  const auto future = bench.loop().create_future();
  auto outer = gatherings(kManyTasks, future);
  SECTION("cancelled") {
    CHECK(outer->cancel("enough"));
    CHECK(future.cancelled());
    for (int i = 0; i < kManyTasks; ++i) bench.run_once();
    bench.run_once();
    CHECK(outer->done());
    outer->ignore_exception();
  }
  SECTION("destroyed when it is done") {
    future.set_result();
    for (int i = 0; i <= kManyTasks; ++i) bench.run_once();
    CHECK(outer->done());
    outer = nullptr;
  }
  SECTION("destroyed with its loop") { outer = nullptr; }
  bench.loop().close();
  bench.destroy_loop();
}

TEST_CASE("a limit within a limit, 30,000 deep, ends in turn") {
  Bench bench(GENERATE(plain(), last()));
  constexpr int kLimits = 30'000;
  const auto future = bench.loop().create_future();
  const auto limits = [&] {
    Coroutine<> limited = stuck_chain(0, future);
    for (int i = 0; i < kLimits; ++i) {
      limited = wait_for(std::move(limited), 1h);
    }
    return limited;
  };
  const auto begun = [&] {
    const auto task = bench.loop().create_task(limits());
    task.set_log_destroy_pending(false);
    bench.run_once();
    CHECK(Counted::alive == 1);
    return task;
  };
  SECTION("closed before it begins") { limits().close(); }
  SECTION("cancelled") {
    const auto task = begun();
    CHECK(task.cancel("enough"));
    bench.run_once();
    CHECK(thrown_by([&] {
            task.result();
            return 0;
          }) == "CancelledError('enough')");
  }
  SECTION("finished") {
    const auto task = begun();
    future.set_result();
    bench.run_once();
    CHECK(task.done());
  }
  SECTION("all of them at once") {
    const auto task = begun();
    bench.clock.advance(1h);
    for (int i = 0; i < 10 && !task.done(); ++i) bench.run_once();
    CHECK(thrown_by([&] {
            task.result();
            return 0;
          }).starts_with("TimeoutError"));
  }
  SECTION("destroyed with its loop") { static_cast<void>(begun()); }
  bench.loop().close();
  bench.destroy_loop();
  CHECK(Counted::alive == 0);
}

TEST_CASE("a limit around a task around a limit, 30,000 deep") {
  Bench bench(GENERATE(plain(), last()));
  const auto future = bench.loop().create_future();
  Future<> outer = future;
  for (int i = 0; i < 30'000; ++i) {
    const auto task = bench.loop().create_task(wait_for(outer, 1h));
    task.set_log_destroy_pending(false);
    outer = task;
  }
  bench.run_once();
  SECTION("cancelled") {
    CHECK(outer.cancel());
    CHECK(future.cancelled());
    bench.run_iterations(30'001);
    CHECK(outer.cancelled());
  }
  SECTION("destroyed with its loop") {}
  bench.loop().close();
  bench.destroy_loop();
  CHECK(outer.cancelled());
}

TEST_CASE("a shield around a shield, 100,000 deep") {
  Bench bench(GENERATE(plain(), last()));
  const auto future = bench.loop().create_future();
  Future<> outer = future;
  for (int i = 0; i < kManyTasks; ++i) outer = shield(outer);
  SECTION("cancelled: only the outermost is") {
    CHECK(outer.cancel());
    CHECK_FALSE(future.done());
    bench.run_iterations(2);
    outer = Future<>();
  }
  SECTION("the innermost is cancelled") {
    CHECK(future.cancel());
    bench.run_iterations(kManyTasks);
    CHECK(outer.cancelled());
  }
  SECTION("finished, and dropped") {
    future.set_result();
    bench.run_iterations(kManyTasks);
    CHECK(outer.done());
    outer = Future<>();
  }
  SECTION("destroyed with its loop") {}
  bench.loop().close();
  bench.destroy_loop();
  CHECK((!outer || outer.done()));
}

TEST_CASE("done callbacks that hold futures that hold done callbacks") {
  Bench bench(plain());
  auto future = bench.loop().create_future();
  for (int i = 0; i < kManyTasks; ++i) {
    const auto next = bench.loop().create_future();
    next.add_done_callback([inner = future](auto) {});
    future = next;
  }
  CHECK_FALSE(future.done());
  future = bench.loop().create_future();  // and all of it is destroyed
}
