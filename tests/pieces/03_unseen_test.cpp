// Errors that would go unreported: which code hears of them, and what keeps the
// others running. "CPython" in a comment is 3.13.
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "tests/catch.hpp"
#include "tests/pieces/03_bench.hpp"

namespace {

using namespace tasks;
using ch03::current_task;
using ch03::gather_outcomes;

Coroutine<int> fails_after(std::chrono::nanoseconds delay, std::string text) {
  co_await sleep(delay);
  throw std::runtime_error(text);
}
Coroutine<int> gives_after(std::chrono::nanoseconds delay, int result) {
  co_await sleep(delay);
  co_return result;
}
Coroutine<> waits_for(Bench& bench, Future<> future, std::string name) {
  const AtEnd at_end([&bench, name] { bench.note(name + " ends"); });
  co_await future;
  bench.note(name + " runs on");
}

Coroutine<> catches_the_first(Bench& bench) {
  try {
    co_await gather(fails_after(10ms, "first"), fails_after(20ms, "second"),
                    fails_after(30ms, "third"));
  } catch (const std::runtime_error& error) {
    bench.note(error.what());
  }
  co_await sleep(1s);
}
Coroutine<> catches_the_first_of_nested(Bench& bench) {
  try {
    co_await gather(
        gather(fails_after(10ms, "first"), fails_after(20ms, "second")),
        gather(gives_after(5ms, 1), fails_after(30ms, "third")));
  } catch (const std::runtime_error& error) {
    bench.note(error.what());
  }
  co_await sleep(1s);
}
Coroutine<> catches_the_first_of_many(Bench& bench) {
  std::vector<Task<int>> held;
  held.push_back(create_task(fails_after(10ms, "first")));
  held.push_back(create_task(fails_after(20ms, "second")));
  try {
    co_await gather(held);
  } catch (const std::runtime_error& error) {
    bench.note(error.what());
  }
  co_await sleep(1s);
}

}  // namespace

TEST_CASE("gather: the errors after the first are looked at") {
  Bench bench(GENERATE(from_range(kinds())));
  SECTION("of coroutines") { bench.run(catches_the_first(bench)); }
  SECTION("of gatherings") { bench.run(catches_the_first_of_nested(bench)); }
  SECTION("of tasks in a vector") {
    bench.run(catches_the_first_of_many(bench));
  }
  CHECK(bench.log == Log{"first"});
  CHECK(bench.reports.empty());
}

namespace {

Coroutine<> leaves_siblings_behind(Bench& bench, Future<> gate) {
  try {
    co_await gather(fails_after(1s, "first"), waits_for(bench, gate, "sibling"),
                    gather(waits_for(bench, gate, "cousin")));
  } catch (const std::runtime_error& error) {
    bench.note(error.what());
  }
}

}  // namespace

TEST_CASE("gather: after an error the others run on, whatever they wait for") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto gate = bench.loop().create_future();
  bench.run(leaves_siblings_behind(bench, gate));
  bench.run_iterations(3);
  CHECK(bench.log == Log{"first"});
  gate.set_result();
  bench.run_iterations(3);
  CHECK(bench.log == Log{"first", "cousin runs on", "cousin ends",
                         "sibling runs on", "sibling ends"});
  CHECK(bench.loop().all_tasks().empty());
  CHECK(bench.reports.empty());
}

TEST_CASE("gather: the children of one that is not held run on") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto gate = bench.loop().create_future();
  const auto begin = [&]() -> Coroutine<> {
    static_cast<void>(gather(waits_for(bench, gate, "child")));
    static_cast<void>(gather_outcomes(waits_for(bench, gate, "other")));
    co_return;
  };
  bench.run(begin());
  bench.run_iterations(2);
  CHECK(bench.log.empty());
  gate.set_result();
  bench.run_iterations(3);
  CHECK(bench.log ==
        Log{"child runs on", "child ends", "other runs on", "other ends"});
}

// CPython: _inner_done_callback() retrieves it if the outer one was cancelled
// in the meantime. One that was cancelled before has taken that callback away.
TEST_CASE("shield: an error while its cancellation is told is looked at") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto begin = [&]() -> Coroutine<> {
    const auto inner = bench.loop().create_future();
    const auto outer = shield(Future(inner));
    inner.set_exception(std::runtime_error("at the same time"));
    outer.cancel();
    co_await sleep(1s);
    bench.note(outer.cancelled() ? "cancelled" : "not cancelled");
  };
  bench.run(begin());
  CHECK(bench.log == Log{"cancelled"});
  CHECK(bench.reports == Log{});
}

TEST_CASE("gather: the loop's end is the end of what is left of one") {
  const int before = Counted::alive;
  Bench bench(GENERATE(from_range(kinds())));
  const auto hangs = [](Bench& on) -> Coroutine<> {
    const Counted local;
    co_await on.loop().create_future();
  };
  const auto begin = [&]() -> Coroutine<> {
    static_cast<void>(gather(gather(hangs(bench), hangs(bench))));
    static_cast<void>(shield(hangs(bench)));
    co_return;
  };
  bench.run(begin());
  bench.run_iterations(2);
  CHECK(Counted::alive == before + 3);
  bench.loop().close();
  bench.destroy_loop();
  CHECK(Counted::alive == before);
}

namespace {

Coroutine<int> fails_when_cancelled() {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
  }
  throw std::runtime_error("instead");
}

}  // namespace

TEST_CASE("gather: the errors of the children of a cancelled one are seen") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto main = [&]() -> Coroutine<> {
    const auto outcomes = gather_outcomes(fails_when_cancelled(), sleep(1h));
    co_await sleep(0s);
    outcomes.cancel();
    try {
      co_await outcomes;
    } catch (const CancelledError&) {
      bench.note("cancelled");
    }
  };
  bench.run(main());
  CHECK(bench.log == Log{"cancelled"});
  CHECK(bench.reports.empty());
}

TEST_CASE("gather: an unseen error is reported for the gathering") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto begin = [&]() -> Coroutine<> {
    static_cast<void>(
        gather(fails_after(1s, "first"), fails_after(2s, "second")));
    co_await sleep(5s);
  };
  bench.run(begin());
  if (!bench.reports_losses()) return;
  // CPython: the same, and not a word about the second.
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0] ==
        "_GatheringFuture exception was never retrieved\n"
        "future: <_GatheringFuture finished exception=std::runtime_error("
        "'first')>\nstd::runtime_error: first");
}

// --- What outlives its loop --------------------------------------------------

namespace {

Coroutine<> keeps_a_failure(std::optional<Task<int>>& task,
                            std::optional<Future<int>>& future) {
  task = create_task(fails_after(1s, "of the task"), "T");
  future = ch03::get_running_loop().create_future<int>();
  future->set_exception(std::runtime_error("of the future"));
  co_await sleep(2s);
}

}  // namespace

TEST_CASE("failures that outlive run() are reported when they are dropped") {
  common::VirtualClock clock;
  std::optional<Task<int>> task;
  std::optional<Future<int>> future;
  ch07::run(keeps_a_failure(task, future), clock);
  loops::StandardError errors;
  SECTION("in silence until then, and not after a look") {
    CHECK_THROWS_AS(task->result(), std::runtime_error);
    CHECK(future->exception());
    task.reset();
    future.reset();
    CHECK(errors.text().empty());
  }
  SECTION("the task") {
    task.reset();
    const std::string text = errors.text();
    CHECK(text.find("Task exception was never retrieved\nfuture: <Task "
                    "finished name='T' coro=<") == 0);
    CHECK(text.find("std::runtime_error: of the task") != std::string::npos);
    CHECK(future->exception());
    future.reset();
  }
  SECTION("the future") {
    future.reset();
    CHECK(errors.text() ==
          "Future exception was never retrieved\nfuture: <Future finished "
          "exception=std::runtime_error('of the future')>\n"
          "std::runtime_error: of the future\n");
    CHECK_THROWS_AS(task->result(), std::runtime_error);
  }
}

TEST_CASE("what outlives its loop in debug mode still tells its place") {
  common::VirtualClock clock;
  const ch07::CatchWarnings quiet{ch07::Record::yes};
  std::optional<Future<int>> future;
  {
    ch07::EventLoop loop(clock);
    loop.set_debug(true);
    future = loop.create_future<int>();
    loop.close();
  }
  CHECK(future->repr().find("<Future cancelled created at 03_unseen_test") ==
        0);
}

// --- The first error counts --------------------------------------------------

TEST_CASE("run: the error of main() survives a warning that is an error") {
  common::VirtualClock clock;
  const ch07::CatchWarnings restore{ch07::Record::yes};
  ch07::simplefilter("error", ch07::ResourceWarning);
  const auto pipe = common::make_pipe();
  const auto main = [&]() -> Coroutine<> {
    ch03::get_running_loop().add_reader(pipe.read.get(), [] {});
    throw std::runtime_error("the first");
    co_return;
  };
  loops::StandardError errors;
  CHECK(thrown_by([&] {
          ch07::run(main(), clock);
          return 0;
        }) == "std::runtime_error: the first");
  const std::string text = errors.text();
  CAPTURE(text);
  CHECK(text.find("unhandled exception during asyncio.run() shutdown\n") == 0);
  CHECK(text.find("ch07::WarningError: reader of fd ") != std::string::npos);
}

TEST_CASE("run: a warning that is the only error is thrown") {
  common::VirtualClock clock;
  const ch07::CatchWarnings restore{ch07::Record::yes};
  ch07::simplefilter("error", ch07::ResourceWarning);
  const auto pipe = common::make_pipe();
  const auto main = [&]() -> Coroutine<> {
    ch03::get_running_loop().add_reader(pipe.read.get(), [] {});
    co_return;
  };
  CHECK_THROWS_AS(ch07::run(main(), clock), ch07::WarningError);
}

TEST_CASE("run: a main() that is no coroutine closes the loop all the same") {
  common::VirtualClock clock;
  const ch07::CatchWarnings caught{ch07::Record::yes};
  ch07::simplefilter("always");
  CHECK_THROWS_AS(ch07::run(Coroutine<>(), clock), std::invalid_argument);
  CHECK(caught.records().empty());
}

TEST_CASE("close: of several warnings that are errors none is lost") {
  common::VirtualClock clock;
  const ch07::CatchWarnings restore{ch07::Record::yes};
  ch07::simplefilter("error", ch07::ResourceWarning);
  ch07::EventLoop loop(clock);
  for (int i = 0; i < 3; ++i) loop.call_soon([] {});
  loops::StandardError errors;
  CHECK_THROWS_AS(loop.close(), ch07::WarningError);
  CHECK(loop.is_closed());
  const std::string told =
      "Exception ignored in: the close() of an event loop\n"
      "ResourceWarning: callback left when the event loop was closed: ";
  const std::string text = errors.text();
  CHECK(text.find(told) == 0);
  CHECK(text.rfind(told) != 0);
}

// --- Refused on the seam -----------------------------------------------------

namespace {

class Refuses final : public ch07::EventLoop {
 public:
  using ch07::EventLoop::EventLoop;
  int refused = -1;  // which one, counted from now
  int count = 0;

 protected:
  void accept(ch02::LoopObject& object) override {
    if (count++ == refused) throw std::runtime_error("refused");
    ch07::EventLoop::accept(object);
  }
};

}  // namespace

TEST_CASE("a done callback that is refused takes no other one with it") {
  common::VirtualClock clock;
  Refuses loop(clock);
  Log log;
  Log reports;
  loop.set_exception_handler(
      [&](ch02::EventLoop&, const ch02::ExceptionContext& context) {
        reports.push_back(context.message);
      });
  const auto future = loop.create_future<int>();
  for (const char* name : {"a", "b", "c"}) {
    future.add_done_callback([&log, name](auto) { log.emplace_back(name); });
  }
  loop.count = 0;
  loop.refused = 1;
  future.set_result(1);
  loop.refused = -1;
  loop.stop();
  loop.run_forever();
  CHECK(log == Log{"a", "c"});
  CHECK(reports == Log{"A callback was refused by its event loop"});
  loop.close();
}

TEST_CASE("a step that is refused is an error at its co_await") {
  common::VirtualClock clock;
  Refuses loop(clock);
  const auto main = [&]() -> Coroutine<std::string> {
    loop.count = 0;
    loop.refused = 0;
    std::string caught = "nothing";
    try {
      co_await sleep(0s);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    co_return caught + " " + std::to_string(co_await gives_after(1s, 2));
  };
  CHECK(loop.run_until_complete(main()) == "refused 2");
  loop.close();
}

// --- Cancellations keep their message ----------------------------------------

TEST_CASE("a CancelledError shows its message") {
  const auto error = std::make_exception_ptr(CancelledError("ce"));
  CHECK(common::repr(error) == "ch03::CancelledError('ce')");
  CHECK(common::describe(error) == "ch03::CancelledError: ce");
  const auto plain = std::make_exception_ptr(CancelledError());
  CHECK(common::repr(plain) == "ch03::CancelledError()");
  CHECK(common::describe(plain) == "ch03::CancelledError");
}

TEST_CASE("a CancelledError in a result shows its message") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto main = [&]() -> Coroutine<std::string> {
    std::vector<Task<>> held{create_task(sleep(1h))};
    const auto outcomes = gather_outcomes(held);
    co_await sleep(0s);
    held[0].cancel("ce");
    co_await outcomes;
    co_return outcomes.base()->repr(common::Detail::brief);
  };
  CHECK(bench.run(main()) ==
        "<_GatheringFuture finished "
        "result=[ch03::CancelledError('ce')]>");
}

// --- Results of every kind ---------------------------------------------------

namespace {

template <class T>
Coroutine<T> gives(T value) {
  co_return value;
}
template <class T>
std::string shown(Bench& bench, T value) {
  const auto task = bench.loop().create_task(gives(std::move(value)));
  bench.run_once();
  const std::string text = task.repr();
  const auto at = text.find(" result=");
  return text.substr(at + 8, text.find_first_of(">", at) - at - 8);
}
struct Opaque {};

#if defined(__GNUC__) && !defined(__clang__)
// Clang warns about it.
Coroutine<std::string> forgets_its_result(bool give) {
  if (give) co_return "given";
  co_await sleep(0s);
}
#endif

}  // namespace

TEST_CASE("every result has a text in its task's repr") {
  Bench bench(kinds().front());
  CHECK(shown<const char*>(bench, nullptr) == "None");
  CHECK(shown<const char*>(bench, "hi") == "'hi'");
  CHECK(shown<char*>(bench, nullptr) == "None");
  CHECK(shown(bench, std::make_unique<int>(1)) == "<unprintable");
  CHECK(shown(bench, Opaque()) == "<unprintable");
  CHECK(shown(bench, nullptr) == "None");
  CHECK(shown(bench, std::variant<int, std::string>("x")) == "'x'");
  CHECK(shown<void*>(bench, nullptr) == "<unprintable");
  CHECK(shown<const int>(bench, 3) == "3");
}

#if defined(__GNUC__) && !defined(__clang__)
TEST_CASE("a coroutine that falls off its end without a result fails") {
  Bench bench(GENERATE(from_range(kinds())));
  CHECK(bench.run(forgets_its_result(true)) == "given");
  CHECK(thrown_by([&] {
          return bench.run(forgets_its_result(false));
        }).find("ended without a co_return of its result") !=
        std::string::npos);
  const auto behind_others = [](bool as_tasks) -> Coroutine<> {
    if (as_tasks) {
      co_await gather(create_task(forgets_its_result(true)),
                      create_task(forgets_its_result(false)));
    } else {
      co_await wait_for(forgets_its_result(false), 1h);
    }
  };
  for (const bool as_tasks : {true, false}) {
    CHECK(thrown_by([&] {
            bench.run(behind_others(as_tasks));
            return 0;
          }).find("ended without a co_return of its result") !=
          std::string::npos);
  }
}
#endif

// --- Empty futures -----------------------------------------------------------

TEST_CASE("an empty future or task refuses all calls") {
  Bench bench(GENERATE(from_range(kinds())));
  Task<int> task;
  Future<> future;
  Coroutine<> coroutine;
  CHECK_FALSE(task);
  CHECK_FALSE(future);
  CHECK(task == Task<int>());
  const std::string empty =
      "InvalidStateError: empty future: it was declared, or moved from, and "
      "not assigned since";
  CHECK(thrown_by([&] { return task.done(); }) == empty);
  CHECK(thrown_by([&] { return task.cancel(); }) == empty);
  CHECK(thrown_by([&] { return task.result(); }) == empty);
  CHECK(thrown_by([&] { return task.get_name(); }) == empty);
  CHECK(thrown_by([&] { return task.repr(); }) == empty);
  CHECK(thrown_by([&] {
          future.set_result();
          return 0;
        }) == empty);
  CHECK(thrown_by([&] { return future.add_done_callback([](auto) {}); }) ==
        empty);
  CHECK(thrown_by([&] { return bench.loop().run_until_complete(task); }) ==
        empty);
  const auto awaits = [](Task<int> which) -> Coroutine<int> {
    co_return co_await which;
  };
  CHECK(thrown_by([&] { return bench.run(awaits(task)); }) == empty);
  const auto gathers = [](Task<int> which) -> Coroutine<> {
    co_await gather(which);
  };
  CHECK(thrown_by([&] {
          bench.run(gathers(task));
          return 0;
        }) == empty);

  task = bench.loop().create_task(gives_after(1s, 7));
  CHECK(task);
  CHECK(bench.loop().run_until_complete(task) == 7);
  coroutine = catches_the_first(bench);
  bench.run(std::move(coroutine));
  const Task<int> moved = std::move(task);
  CHECK(thrown_by([&] { return task.done(); }) == empty);
  CHECK(moved.result() == 7);
}

// --- Long sleeps -------------------------------------------------------------

TEST_CASE("a sleep of 500 years is long, and a timeout too") {
  Bench bench(GENERATE(from_range(kinds())));
  using Years = std::chrono::years;
  const auto main = [&]() -> Coroutine<std::string> {
    const auto long_one = create_task(sleep(Years(500)));
    const auto with_result = create_task(sleep(Years(500), 1));
    const auto result = co_await wait_for(gives_after(1s, 5), Years(500));
    std::string text = std::to_string(result);
    if (!long_one.done() && !with_result.done()) text += ", still asleep";
    long_one.cancel();
    with_result.cancel();
    co_await sleep(0.5s);
    co_await sleep(Years(-500));
    try {
      co_await wait_for(sleep(1h), Years(-500));
    } catch (const TimeoutError&) {
      text += ", no time";
    }
    co_return text;
  };
  CHECK(bench.run(main()) == "5, still asleep, no time");
}

// --- The ends of tasks and loops ---------------------------------------------

TEST_CASE("all_tasks() does not give a task that is being destroyed") {
  Bench bench(GENERATE(from_range(kinds())));
  std::vector<ch03::Ref<TaskBase>> kept;
  const auto hangs = [](Bench& on, auto& keep) -> Coroutine<> {
    const AtEnd at_end([&] {
      for (auto& task : on.loop().all_tasks()) keep.push_back(task);
    });
    co_await on.loop().create_future();
  };
  const auto other = bench.loop().create_task(sleep(1h));
  {
    const auto task = bench.loop().create_task(hangs(bench, kept));
    task.set_log_destroy_pending(false);
    bench.run_once();
  }
  REQUIRE(kept.size() == 1);
  CHECK(kept[0] == other.base());
}

TEST_CASE("tasks that end in a row are not asked to stop by one of them") {
  Bench bench(kinds().front());
  const int before = Counted::alive;
  const auto waits = [](Bench& on, std::optional<Task<>> next) -> Coroutine<> {
    const Counted local;
    const AtEnd at_end([&] {
      for (auto& task : on.loop().all_tasks()) task->cancel();
    });
    if (next) {
      co_await *next;
    } else {
      co_await on.loop().create_future();
    }
  };
  std::optional<Task<>> row;
  for (int i = 0; i < 100; ++i) {
    row = bench.loop().create_task(waits(bench, std::move(row)));
    row->set_log_destroy_pending(false);
  }
  bench.run_once();
  CHECK(Counted::alive == before + 100);
  row.reset();
  bench.run_iterations(3);  // some were woken, and end in their own turn
  CHECK(Counted::alive == before);
}

TEST_CASE("a loop that was not closed reports the errors that end with it") {
  common::VirtualClock clock;
  const ch07::CatchWarnings quiet{ch07::Record::yes};
  const bool timer = GENERATE(false, true);
  Log reports;
  {
    ch07::EventLoop loop(clock);
    loop.set_exception_handler(
        [&](ch07::EventLoop&, const ch07::ExceptionContext& context) {
          reports.push_back(context.message);
        });
    auto failed = loop.create_future();
    failed.set_exception(std::runtime_error("unheard"));
    if (timer) {
      loop.call_later(1h, [failed = std::move(failed)] {});
    } else {
      loop.call_soon([failed = std::move(failed)] {});
    }
  }
  CHECK(reports == Log{"Future exception was never retrieved"});
}

TEST_CASE("outcomes that were never collected: the error was not looked at") {
  Bench bench(GENERATE(from_range(kinds())));
  if (!bench.reports_losses()) return;
  const auto never = bench.loop().create_future();
  {
    const auto task = bench.loop().create_task(fails_after(0s, "late"));
    static_cast<void>(gather_outcomes(task, never));
    bench.run_iterations(3);
  }
  bench.loop().close();
  loops::StandardError errors;
  bench.destroy_loop();
  CHECK(errors.text().find("Task exception was never retrieved") !=
        std::string::npos);
}

TEST_CASE("a task whose wake-up was refused can still be cancelled") {
  common::VirtualClock clock;
  Refuses loop(clock);
  loop.set_exception_handler(
      [](ch07::EventLoop&, const ch07::ExceptionContext&) {});
  const auto future = loop.create_future();
  const auto task = loop.create_task(
      [](Future<> awaited) -> Coroutine<> { co_await awaited; }(future));
  const auto run_once = [&loop] {
    loop.stop();
    loop.run_forever();
  };
  run_once();
  loop.count = 0;
  loop.refused = 0;
  future.set_result();
  loop.refused = -1;
  run_once();
  CHECK_FALSE(task.done());
  CHECK(task.cancel());
  run_once();
  CHECK(task.cancelled());
  loop.close();
}

TEST_CASE("a cancellation that comes at the very end is heard") {
  Bench bench(GENERATE(from_range(kinds())));
  struct CancelsAtEnd {
    explicit CancelsAtEnd(bool on) : armed(on) {}
    CancelsAtEnd(CancelsAtEnd&& other) noexcept
        : armed(std::exchange(other.armed, false)) {}
    CancelsAtEnd& operator=(CancelsAtEnd&&) = delete;
    ~CancelsAtEnd() {
      if (armed) current_task()->cancel("at the end");
    }
    bool armed;
  };
  const auto task = bench.loop().create_task(
      [](CancelsAtEnd) -> Coroutine<int> { co_return 42; }(CancelsAtEnd(true)));
  bench.run_once();
  CHECK(task.cancelled());
  CHECK(thrown_by([&] { return task.result(); }) ==
        "CancelledError('at the end')");
}

// --- Results -----------------------------------------------------------------

TEST_CASE("a result may be a container of what cannot be copied") {
  Bench bench(GENERATE(from_range(kinds())));
  using Boxes = std::vector<std::unique_ptr<int>>;
  const auto boxes = [](int value) -> Coroutine<Boxes> {
    Boxes made;
    made.push_back(std::make_unique<int>(value));
    co_return made;
  };
  const auto main = [&]() -> Coroutine<int> {
    const Boxes first = co_await boxes(1);
    const Boxes second = co_await create_task(boxes(2));
    const auto [third] = co_await gather(boxes(3));
    co_return *first[0] + *second[0] + *third[0];
  };
  CHECK(bench.run(main()) == 6);
}

TEST_CASE("a gathering of one gathering is no copy of it") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto main = [&]() -> Coroutine<int> {
    const auto [inner] =
        co_await gather(gather(gives_after(1s, 1), gives_after(1s, 2)));
    const auto [one, two] = inner;
    const auto [outcome] =
        co_await gather_outcomes(gather_outcomes(gives_after(1s, 3)));
    const auto [three] = std::get<0>(outcome);
    co_return one + two + std::get<0>(three);
  };
  CHECK(bench.run(main()) == 6);
}

TEST_CASE("an exception whose text cannot be read is still reported") {
  struct Silent : common::BaseException {
    std::string what() const override { throw 1; }
  };
  CHECK(common::describe(std::make_exception_ptr(Silent()))
            .find("Silent: <exception str() failed>") != std::string::npos);
}
