// Tasks and coroutines: the cases t01, t02, t03, t10, t12 to t17, and what C++
// adds to them: frames that end in every state, and steps that cost nothing.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/recycled.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/03_bench.hpp"

namespace {

using namespace tasks;
using ch03::all_tasks;
using ch03::current_task;

// Compilers differ about the line of a definition: it is removed from "defined
// at FILE:LINE", and so is the place of a coroutine that has not begun.
std::string without_definition(std::string text) {
  const std::string file = "03_task_test.cpp:";
  for (auto at = text.find(file); at != std::string::npos;
       at = text.find(file, at + 1)) {
    const auto digits = at + file.size();
    const auto end = text.find_first_not_of("0123456789", digits);
    const bool defined = at >= 11 && text.substr(at - 11, 11) == "defined at ";
    const bool waits = text.compare(end, 14, " (not started)") == 0;
    if (defined || waits) text.replace(digits, end - digits, "N");
  }
  return text;
}

std::string brief(const TaskBase& task) {
  return without_definition(task.repr(common::Detail::brief));
}
std::string full(const TaskBase& task) {
  return without_definition(task.repr(common::Detail::full));
}
template <class T>
TaskBase& base(const Task<T>& task) {
  return static_cast<TaskBase&>(*task.base());
}

Coroutine<> nothing() { co_return; }
Coroutine<int> value(int n) { co_return n; }
Coroutine<int> fails() {
  throw std::runtime_error("oops");
  co_return 0;
}
Coroutine<> sleeps(std::chrono::nanoseconds delay) { co_await sleep(delay); }
template <class T>
Coroutine<T> awaits(Future<T> future) {
  co_return co_await future;
}
template <class T>
Coroutine<T> passes_on(Coroutine<T> inner) {
  co_return co_await std::move(inner);
}

}  // namespace

// --- Creation ----------------------------------------------------------------

namespace {

Coroutine<int> child(Bench& bench, int n) {
  bench.note("child " + std::to_string(n) + " starts");
  co_await sleep(0s);
  bench.note("child " + std::to_string(n) + " ends");
  co_return n;
}

Coroutine<> creates_two(Bench& bench) {
  const auto a = bench.loop().create_task(child(bench, 1));
  const auto b = create_task(child(bench, 2));
  bench.note("created, nothing ran yet");
  CHECK_FALSE(a.done());
  CHECK_FALSE(b.done());
  co_await sleep(0s);
  bench.note("main after one iteration");
  co_await sleep(0s);
  bench.note("main after two iterations");
  CHECK(a.done());
  CHECK(b.done());
  const auto from_a = co_await a;
  CHECK(from_a == 1);
  const auto from_b = co_await b;
  CHECK(from_b == 2);
}

}  // namespace

TEST_CASE("t01 create_task schedules, and tasks start in order") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(creates_two(bench));
  CHECK(bench.log == Log{"created, nothing ran yet", "child 1 starts",
                         "child 2 starts", "main after one iteration",
                         "child 1 ends", "child 2 ends",
                         "main after two iterations"});
}

TEST_CASE("t01 create_task wants a running loop and a coroutine") {
  Bench bench(GENERATE(from_range(kinds())));
  CHECK(thrown_by([] { return create_task(nothing()); }) ==
        "std::runtime_error: no running event loop");
  auto used = nothing();
  used.close();
  CHECK_FALSE(used);
  CHECK(thrown_by([&] {
          static_cast<void>(bench.loop().create_task(std::move(used)));
        }) == "std::invalid_argument: a coroutine was expected, got None");
  bench.loop().close();
  CHECK(thrown_by([&] {
          static_cast<void>(bench.loop().create_task(nothing()));
        }) == "std::runtime_error: Event loop is closed");
}

namespace {

Coroutine<> ensures(Bench& bench) {
  EventLoop& loop = bench.loop();
  const auto t = loop.create_task(value(1));
  const auto f = loop.create_future<int>();
  CHECK(ensure_future(t) == t);
  CHECK(ensure_future(f) == f);
  const auto w = ensure_future(value(2));
  const auto s = ensure_future(sleep(1s));
  const auto from_w = co_await w;
  CHECK(from_w == 2);
  const auto from_t = co_await t;
  CHECK(from_t == 1);
  co_await s;
  CHECK(loop.time() == 1s);

  const auto other = bench.other_loop();
  CHECK(thrown_by([&] { other->run_until_complete(f); }) ==
        "std::runtime_error: Cannot run the event loop while another loop is "
        "running");
}

}  // namespace

TEST_CASE("t02 ensure_future: the future itself, or a task for a coroutine") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(ensures(bench));
}

// --- Results -----------------------------------------------------------------

namespace {

Coroutine<> awaits_results() {
  const auto good = create_task(value(5));
  const int once = co_await good;
  CHECK(once == 5);
  const int again = co_await good;
  CHECK(again == 5);
  CHECK(good.result() == 5);
  CHECK_FALSE(good.exception());

  const auto bad = create_task(fails());
  std::vector<const std::exception*> caught;
  for (int i = 0; i < 2; ++i) {
    try {
      co_await bad;
    } catch (const std::runtime_error& error) {
      caught.push_back(&error);
    }
  }
  REQUIRE(caught.size() == 2);
  CHECK(caught[0] == caught[1]);
  try {
    std::rethrow_exception(bad.exception());
  } catch (const std::runtime_error& error) {
    CHECK(&error == caught[0]);
    CHECK(std::string(error.what()) == "oops");
  }

  const auto slow = ensure_future(sleep(9s));
  co_await sleep(0s);
  slow.cancel();
  std::string got;
  try {
    co_await slow;
  } catch (const CancelledError& error) {
    got = error.message() ? *error.message() : "no message";
  }
  CHECK(got == "no message");
  CHECK(slow.cancelled());
}

}  // namespace

TEST_CASE("t03 awaiting a task: value, exception, cancellation") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(awaits_results());
}

TEST_CASE("t04 only its coroutine gives a task its result") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto task = bench.loop().create_task(value(1));
  const Future<int> future = task;
  CHECK(thrown_by([&] { future.set_result(1); }) ==
        "std::runtime_error: Task does not support set_result operation");
  CHECK(thrown_by([&] { future.set_exception(std::logic_error("")); }) ==
        "std::runtime_error: Task does not support set_exception operation");
  CHECK(bench.loop().run_until_complete(task) == 1);
}

namespace {

struct NoDefault {
  explicit NoDefault(int n) : number(n) {}
  int number;
};
struct Pair {
  int first;
  int second;
};

Coroutine<std::unique_ptr<int>> moves(int n) {
  co_return std::make_unique<int>(n);
}
Coroutine<const std::string> constant() { co_return "const"; }
Coroutine<NoDefault> no_default(int n) { co_return NoDefault(n); }
Coroutine<Pair> braces() { co_return {1, 2}; }
Coroutine<int> recursive(int n) {
  if (n == 0) co_return 0;
  co_return n + co_await recursive(n - 1);
}

Coroutine<> all_kinds_of_results() {
  const auto moved = co_await moves(1);
  CHECK(*moved == 1);
  const auto task = create_task(moves(2));
  const auto moved_out = co_await task;
  CHECK(*moved_out == 2);
  CHECK(task.result() == nullptr);
  const auto text = co_await constant();
  CHECK(text == "const");
  const auto task_text = co_await create_task(constant());
  CHECK(task_text == "const");
  const auto three = co_await no_default(3);
  CHECK(three.number == 3);
  const auto four = co_await create_task(no_default(4));
  CHECK(four.number == 4);
  const auto pair = co_await braces();
  CHECK(pair.second == 2);
  const int sum = co_await recursive(100);
  CHECK(sum == 5050);
  const int both = co_await value(1) + co_await value(2);
  CHECK(both == 3);
}

}  // namespace

TEST_CASE("results may be move-only, const, without default constructor") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(all_kinds_of_results());
  CHECK(*bench.run(moves(5)) == 5);
  CHECK(bench.run(constant()) == "const");
}

// --- Kinds of coroutines -----------------------------------------------------

namespace {

class Account {
 public:
  explicit Account(int money) : money_(money) {}
  Coroutine<int> pay(int amount) {
    co_await sleep(1ms);
    money_ -= amount;
    co_return money_;
  }
  Coroutine<int> money() const { co_return money_; }

 private:
  int money_;
};

Coroutine<> members_and_lambdas() {
  Account account(10);
  const auto left = co_await account.pay(3);
  CHECK(left == 7);
  const auto money = co_await std::as_const(account).money();
  CHECK(money == 7);

  // A lambda's captures belong to the lambda, which must outlive the coroutine.
  const auto keeps = [c = Counted()](int n) -> Coroutine<int> {
    co_await sleep(0s);
    co_return n + Counted::alive;
  };
  const auto two = co_await keeps(1);
  CHECK(two == 2);
  const auto task = create_task(keeps(2));
  const auto three = co_await task;
  CHECK(three == 3);

  // A parameter belongs to the frame.
  const auto takes = [](std::unique_ptr<int> p, Counted) -> Coroutine<int> {
    co_await sleep(0s);
    co_return *p;
  };
  auto waiting = takes(std::make_unique<int>(4), Counted());
  CHECK(Counted::alive == 2);
  const auto four = co_await std::move(waiting);
  CHECK(four == 4);
  CHECK(Counted::alive == 1);
}

Coroutine<> awaits_twice() {
  auto once = value(1);
  const auto got = co_await std::move(once);
  CHECK(got == 1);
  std::string refused;
  try {
    co_await std::move(once);
  } catch (const std::runtime_error& error) {
    refused = error.what();
  }
  CHECK(refused == "cannot reuse already awaited coroutine");
}

}  // namespace

TEST_CASE("members, lambdas with captures and parameters live long enough") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(members_and_lambdas());
  CHECK(Counted::alive == 0);
}

TEST_CASE("a coroutine is awaited once") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(awaits_twice());
}

// --- Names -------------------------------------------------------------------

namespace {

int number_of(const std::string& name) {
  REQUIRE(name.rfind("Task-", 0) == 0);
  return std::stoi(name.substr(5));
}

Coroutine<TaskBase*> who_am_i() { co_return current_task().get(); }

Coroutine<> names() {
  const int first = number_of(current_task()->get_name());
  const auto a = create_task(who_am_i());
  const auto b = create_task(who_am_i(), "worker");
  const auto e = create_task(who_am_i());
  CHECK(number_of(a.get_name()) == first + 1);
  CHECK(b.get_name() == "worker");
  CHECK(number_of(e.get_name()) == first + 2);
  e.set_name("late");
  CHECK(e.get_name() == "late");
  const auto ran_as = co_await a;
  CHECK(ran_as == a.base().get());
  co_await gather(b, e);
  CHECK(all_tasks().size() == 1);
}

}  // namespace

TEST_CASE("t10 Task-N counts every task of the process") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(names());
  bench.run(names());
}

// --- Texts -------------------------------------------------------------------

namespace {

// Waits at the line that it notes.
Coroutine<int> paused(Future<int> future, std::string& line) {
  line = line_below();
  co_return co_await future;
}

}  // namespace

TEST_CASE("t12 the repr of a task in every state") {
  Bench bench(GENERATE(from_range(kinds())));
  EventLoop& loop = bench.loop();
  std::string line;
  const auto f = loop.create_future<int>();
  const std::string f_at = line_above();
  const auto t = loop.create_task(paused(f, line), "t");
  const std::string t_at = line_above();
  const std::string file = "03_task_test.cpp:";

  CHECK(brief(base(t)) == "<Task pending name='t' coro=<paused() running at " +
                              file + "N (not started)>>");
  CHECK(full(base(t)) == "<Task pending name='t' coro=<paused() running at " +
                             file + "N (not started)> created at " + t_at +
                             ">");
  bench.run_once();
  const std::string coro = " name='t' coro=<paused() running at " + line + ">";
  CHECK(brief(base(t)) == "<Task pending" + coro +
                              " wait_for=<Future pending "
                              "cb=[Task.task_wakeup()]>>");
  CHECK(full(base(t)) == "<Task pending" + coro +
                             " wait_for=<Future pending "
                             "cb=[Task.task_wakeup()] created at " +
                             f_at + "> created at " + t_at + ">");
  // A task that awaits it, and a callback.
  const auto waits = loop.create_task(awaits<int>(t), "w");
  bench.run_once();
  t.add_done_callback(internal("cb", [](auto) {}));
  CHECK(brief(base(t)) == "<Task pending" + coro +
                              " wait_for=<Future pending "
                              "cb=[Task.task_wakeup()]> "
                              "cb=[Task.task_wakeup(), cb()]>");
  CHECK(brief(base(waits))
            .find("wait_for=<Task pending name='t' coro=<paused() running at " +
                  line + "> wait_for=<Future pending") != std::string::npos);
  // Woken, not yet run.
  f.set_result(7);
  CHECK(brief(base(t)).find("<Task pending" + coro +
                            " wait_for=<Future finished result=7>") == 0);
  bench.run_once();
  CHECK(brief(base(t)) ==
        "<Task finished name='t' coro=<paused() done, "
        "defined at " +
            file + "N> result=7>");
  CHECK(full(base(t)) ==
        "<Task finished name='t' coro=<paused() done, "
        "defined at " +
            file + "N> result=7 created at " + t_at + ">");
  bench.run_once();

  const auto g = loop.create_future<int>();
  const auto c = loop.create_task(paused(g, line), "c");
  bench.run_once();
  c.cancel();
  CHECK(brief(base(c)) ==
        "<Task cancelling name='c' coro=<paused() running "
        "at " +
            line + "> wait_for=<Future cancelled>>");
  bench.run_once();
  CHECK(brief(base(c)) ==
        "<Task cancelled name='c' coro=<paused() done, "
        "defined at " +
            file + "N>>");

  const auto e = loop.create_task(fails(), "e");
  bench.run_once();
  CHECK(brief(base(e)) ==
        "<Task finished name='e' coro=<fails() done, defined "
        "at " +
            file +
            "N> "
            "exception=std::runtime_error('oops')>");
  CHECK(e.exception());
}

TEST_CASE("t12 an object tells no more than its loop is asked for") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(nothing());
  const std::string at = line_above();
  const bool debug = bench.loop().detail() == common::Detail::full;
  CHECK((t.repr().find(" created at " + at) != std::string::npos) == debug);
  bench.run_once();
}

namespace {

Coroutine<> awaits_itself() { co_await loops::myself(); }

Coroutine<> refuses_bad_awaits(Bench& bench) {
  EventLoop& loop = bench.loop();
  const auto me = loop.create_task(awaits_itself(), "me");
  std::string refused;
  try {
    co_await me;
  } catch (const std::runtime_error& error) {
    refused = without_definition(error.what());
  }
  const std::string start =
      "Task cannot await on itself: <Task pending name='me' "
      "coro=<awaits_itself() running at 03_task_test.cpp:";
  CHECK(refused.substr(0, start.size()) == start);
  CHECK(refused.find("> cb=[Task.task_wakeup()]") != std::string::npos);

  const auto other = bench.other_loop();
  const auto alien = loop.create_task(awaits(other->create_future()), "alien");
  try {
    co_await alien;
  } catch (const std::runtime_error& error) {
    refused = error.what();
  }
  CHECK(refused.find("Task <Task pending name='alien' coro=<awaits() running "
                     "at 03_task_test.cpp:") == 0);
  CHECK(refused.find("> got Future <Future pending") != std::string::npos);
  const std::string end = "> attached to a different loop";
  CHECK(refused.substr(refused.size() - end.size()) == end);

  // A task of another loop is refused the same way; one that is done is not.
  const auto foreign = other->create_task(value(1));
  const auto waits = loop.create_task(awaits<int>(foreign));
  co_await sleep(0s);
  co_await sleep(0s);
  CHECK(thrown_by([&] {
          return waits.result();
        }).find("attached to a different loop") != std::string::npos);
  const auto ready = other->create_future<int>();
  ready.set_result(3);
  const auto three = co_await ready;
  CHECK(three == 3);
  // The task that was refused can go on.
  foreign.set_log_destroy_pending(false);
}

}  // namespace

TEST_CASE("t13 a task awaits neither itself nor what another loop has") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(refuses_bad_awaits(bench));
}

namespace {

Coroutine<> deep(std::string& line) {
  line = line_below();
  co_await sleep(10s);
}
Coroutine<> outer(std::string& line, std::string& deep_line) {
  line = line_below();
  co_await deep(deep_line);
}

std::string stack_text(const Task<>& task) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  task.print_stack(file);
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    text += static_cast<char>(c);
  }
  std::fclose(file);
  return text;
}

std::string numbers_in(const std::string& file_line) {
  return file_line.substr(file_line.find(':') + 1);
}

}  // namespace

TEST_CASE("t15 the stack of a task: the place of each of its coroutines") {
  Bench bench(GENERATE(from_range(kinds())));
  std::string outer_line, deep_line;
  const auto t = bench.loop().create_task(outer(outer_line, deep_line), "t");
  REQUIRE(t.get_stack().size() == 1);
  CHECK_FALSE(t.get_stack()[0]->started());
  bench.run_once();
  const auto stack = t.get_stack();
  REQUIRE(stack.size() == 2);
  CHECK(common::file_line(stack[0]->place()) == outer_line);
  CHECK(common::file_line(stack[1]->place()) == deep_line);
  CHECK(common::function_name(stack[0]->defined_at()) == "outer");
  CHECK(common::function_name(stack[1]->defined_at()) == "deep");
  CHECK(stack_text(t) ==
        "Stack for " + t.repr() + " (most recent call last):\n" +
            "  File \"03_task_test.cpp\", line " + numbers_in(outer_line) +
            ", in outer\n" + "  File \"03_task_test.cpp\", line " +
            numbers_in(deep_line) + ", in deep\n");
  t.cancel();
  bench.run_once();
  CHECK(t.get_stack().empty());
  CHECK(stack_text(t) == "No stack for " + t.repr() + "\n");
}

namespace {

Coroutine<> throws_an_int() {
  throw 42;
  co_return;
}

}  // namespace

TEST_CASE("t16 any exception out of a task is stored, none escapes") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(throws_an_int());
  bench.run_once();
  CHECK(t.done());
  CHECK(common::repr(t.exception()) == "int(42)");
  CHECK_THROWS_AS(t.result(), int);
}

// --- Who runs ----------------------------------------------------------------

namespace {

bool among_all(const Task<>& task) {
  for (const auto& other : all_tasks()) {
    if (other == task.base()) return true;
  }
  return false;
}

Coroutine<> knows_who_runs(Bench& bench) {
  const auto me = current_task();
  const auto t = bench.loop().create_task(sleeps(0s));
  REQUIRE(all_tasks().size() == 2);
  CHECK(all_tasks()[0] == me);  // oldest first
  CHECK(among_all(t));
  co_await t;
  CHECK_FALSE(among_all(t));
  CHECK(current_task() == me);
  bool called = false;
  bench.loop().call_soon([&] {
    called = true;
    CHECK_FALSE(current_task());
  });
  co_await sleep(0s);
  CHECK(called);
  const auto done = bench.loop().create_future();
  done.add_done_callback([](auto) { CHECK_FALSE(current_task()); });
  done.set_result();
  co_await sleep(0s);
}

}  // namespace

TEST_CASE("t17 current_task and all_tasks") {
  Bench bench(GENERATE(from_range(kinds())));
  bench.run(knows_who_runs(bench));
  CHECK(thrown_by([] { return current_task(); }) ==
        "std::runtime_error: no running event loop");
  CHECK(thrown_by([] { return all_tasks(); }) ==
        "std::runtime_error: no running event loop");
}

// --- Awaiting ----------------------------------------------------------------

namespace {

Coroutine<> notes(Bench& bench, Future<int> future, std::string name) {
  try {
    bench.note(name + " " + std::to_string(co_await future));
  } catch (const CancelledError&) {
    bench.note(name + " cancelled");
    throw;
  }
}

}  // namespace

TEST_CASE("many tasks await one future, and wake in order") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future<int>();
  const auto a = bench.loop().create_task(notes(bench, f, "a"));
  const auto b = bench.loop().create_task(notes(bench, f, "b"));
  bench.run_once();
  f.add_done_callback([&](auto) { bench.note("callback"); });
  const auto c = bench.loop().create_task(notes(bench, f, "c"));
  bench.run_once();
  f.set_result(1);
  bench.run_once();
  CHECK(bench.log == Log{"a 1", "b 1", "callback", "c 1"});
}

TEST_CASE("one of many waiting tasks is dropped or cancelled") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future<int>();
  std::vector<std::optional<Task<>>> waiting;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    waiting.emplace_back(bench.loop().create_task(notes(bench, f, name)));
    waiting.back()->set_log_destroy_pending(false);
  }
  bench.run_once();
  waiting[1].reset();  // in the middle
  waiting[0].reset();  // the first
  waiting[4].reset();  // the last
  f.set_result(1);
  bench.run_once();
  CHECK(bench.log == Log{"c 1", "d 1"});
}

namespace {

// When it is dropped, the destructor of its local wakes a task that is being
// dropped with it.
Coroutine<> wakes_the_dropped(Bench& bench, Future<int> f) {
  const auto task = bench.loop().create_task(notes(bench, f, "woken"));
  task.set_log_destroy_pending(false);
  const auto at_end = AtEnd([f] { f.set_result(5); });
  co_await sleep(0s);
  co_await bench.loop().create_future();
}

}  // namespace

TEST_CASE("a task that is woken while it is dropped lives on") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future<int>();
  {
    const auto task = bench.loop().create_task(wakes_the_dropped(bench, f));
    task.set_log_destroy_pending(false);
    bench.run_iterations(3);
  }
  bench.run_iterations(2);
  CHECK(bench.log == Log{"woken 5"});
}

// t14: how many iterations pass while a coroutine awaits.
namespace {

template <class Make>
Coroutine<> iterations_of(Bench& bench, Make make, int& spent) {
  auto awaitable = make(bench.loop());
  const int before = bench.watcher.iterations;
  co_await std::move(awaitable);
  spent = bench.watcher.iterations - before;
}

template <class Make>
int iterations(Bench& bench, Make make) {
  int spent = -1;
  bench.run(iterations_of(bench, std::move(make), spent));
  return spent;
}

}  // namespace

TEST_CASE("t14 the iterations that each await spends") {
  Bench bench(GENERATE(from_range(kinds())));
  CHECK(iterations(bench, [](EventLoop& loop) {
          const auto f = loop.create_future<int>();
          f.set_result(1);
          return f;
        }) == 0);
  CHECK(iterations(bench, [](EventLoop&) { return value(1); }) == 0);
  CHECK(iterations(bench, [](EventLoop&) { return sleep(0s); }) == 1);
  CHECK(iterations(bench, [](EventLoop&) { return sleep(-1s); }) == 1);
  CHECK(iterations(bench, [](EventLoop& loop) {
          return loop.create_task(value(1));
        }) == 2);
  CHECK(iterations(bench, [](EventLoop& loop) {
          const auto f = loop.create_future<int>();
          loop.call_soon([f] { f.set_result(1); });
          return f;
        }) == 2);
  CHECK(iterations(bench,
                   [](EventLoop&) { return gather(value(1), value(2)); }) == 3);
  CHECK(iterations(bench, [](EventLoop& loop) {
          return shield(loop.create_task(value(1)));
        }) == 3);
  CHECK(iterations(bench, [](EventLoop&) { return sleep(1s); }) == 2);
}

// --- The seams ---------------------------------------------------------------

namespace {

void record_changes(Bench& bench) {
  bench.watcher.on_change = [&bench](FutureBase& future, Change change) {
    const char* const names[] = {"create", "cancel", "wait",
                                 "wake",   "finish", "drop"};
    auto* const task = dynamic_cast<TaskBase*>(&future);
    bench.note((task ? task->get_name() : "future") + " " +
               names[static_cast<int>(change)]);
  };
}

}  // namespace

TEST_CASE("a task's life is announced: create, wait, wake, finish, drop") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future<int>();
  record_changes(bench);
  {
    const auto t = bench.loop().create_task(awaits(f), "t");
    CHECK(bench.log == Log{"t create"});
    bench.run_once();
    CHECK(bench.log == Log{"t create", "t wait"});
    f.set_result(1);
    CHECK(bench.log == Log{"t create", "t wait", "future finish", "t wake"});
    bench.run_once();
  }
  CHECK(bench.log == Log{"t create", "t wait", "future finish", "t wake",
                         "t finish", "t drop"});
}

TEST_CASE("a cancelled task's life is announced") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto f = bench.loop().create_future<int>();
  record_changes(bench);
  {
    const auto t = bench.loop().create_task(awaits(f), "t");
    bench.run_once();
    t.cancel();
    bench.run_once();
  }
  CHECK(bench.log == Log{"t create", "t wait", "t cancel", "future finish",
                         "t wake", "t finish", "t drop"});
  bench.log.clear();
  {
    const auto t = bench.loop().create_task(nothing(), "early");
    t.cancel();
    bench.run_once();
  }
  CHECK(bench.log ==
        Log{"early create", "early cancel", "early finish", "early drop"});
  bench.log.clear();
  {
    const auto t = bench.loop().create_task(
        awaits(bench.loop().create_future()), "dropped");
    t.set_log_destroy_pending(false);
    bench.run_once();
  }
  CHECK(bench.log ==
        Log{"dropped create", "dropped wait", "dropped drop", "future drop"});
}

TEST_CASE("what check_thread refuses has not changed a task") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(sleeps(1s), "t");
  bench.run_once();
  record_changes(bench);
  bench.watcher.on_check_thread = [] {
    throw std::runtime_error("wrong thread");
  };
  const std::string refused = "std::runtime_error: wrong thread";
  CHECK(thrown_by([&] { t.cancel(); }) == refused);
  CHECK(t.cancelling() == 0);
  CHECK(thrown_by([&] {
          static_cast<void>(bench.loop().create_task(nothing()));
        }) == refused);
  CHECK(bench.log.empty());
  bench.watcher.on_check_thread = nullptr;
  bench.watcher.on_change = nullptr;
  bench.loop().run_until_complete(t);
}

// --- Never awaited -----------------------------------------------------------

namespace {

Log never_awaited;

void note_never_awaited(const ch03::Frame& frame) noexcept {
  never_awaited.push_back(
      common::function_name(frame.defined_at()) +
      (frame.created_at() ? " " + common::file_line(*frame.created_at()) : ""));
}

Coroutine<int> with_place(
    int n, std::source_location = std::source_location::current()) {
  co_return n;
}

// For one test; chapter 7's own hook is back when the program starts again.
struct NeverAwaited {
  NeverAwaited() {
    never_awaited.clear();
    ch03::set_never_awaited_hook(note_never_awaited);
  }
  ~NeverAwaited() { ch03::set_never_awaited_hook(nullptr); }
};

}  // namespace

TEST_CASE("r03 a coroutine that is never awaited is reported, once") {
  const NeverAwaited hook;
  std::string at;
  {
    auto forgotten = with_place(1);
    at = line_above();
  }
  CHECK(never_awaited == Log{"with_place " + at});
  never_awaited.clear();
  {
    auto first = value(1);
    auto second = value(2);
    auto third = std::move(first);
    third = std::move(second);  // the first goes with `second`
  }
  CHECK(never_awaited == Log{"value", "value"});
}

TEST_CASE("r03 closed, awaited or begun by a task: no report") {
  const NeverAwaited hook;
  Bench bench(GENERATE(from_range(kinds())));
  auto closed = value(1);
  closed.close();
  closed.close();
  bench.run(passes_on(value(2)));
  {
    const auto task = bench.loop().create_task(value(3));
    bench.run_once();
    const auto cancelled = bench.loop().create_task(value(4));
    cancelled.cancel();
    bench.run_once();
  }
  bench.loop().close();
  bench.destroy_loop();
  CHECK(never_awaited.empty());
}

TEST_CASE("r03 a task that goes before its first step: it was never awaited") {
  const NeverAwaited hook;
  Bench bench(GENERATE(from_range(kinds())));
  const auto hold = [&] {
    const auto task = bench.loop().create_task(value(3));
    task.set_log_destroy_pending(false);
    return task;
  };
  const bool after_its_loop = GENERATE(false, true);
  auto held = std::optional(hold());
  bench.loop().close();
  CHECK(never_awaited.empty());
  if (after_its_loop) bench.destroy_loop();
  held.reset();
  CHECK(never_awaited == Log{"value"});
}

TEST_CASE("r03 a coroutine that create_task refuses was never awaited") {
  const NeverAwaited hook;
  Bench bench(GENERATE(from_range(kinds())));
  bench.loop().close();
  CHECK_THROWS(bench.loop().create_task(value(1)));
  CHECK(never_awaited == Log{"value"});
}

TEST_CASE("the place of a call comes by its last parameter") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto t = bench.loop().create_task(with_place(1));
  const auto at = line_above();
  REQUIRE(t.get_stack().size() == 1);
  REQUIRE(t.get_stack()[0]->created_at());
  CHECK(common::file_line(*t.get_stack()[0]->created_at()) == at);
  const auto plain = bench.loop().create_task(value(1));
  CHECK_FALSE(plain.get_stack()[0]->created_at());
  bench.run_once();
}

// --- The end of frames -------------------------------------------------------

namespace {

Coroutine<> holds(Counted) { co_return; }
template <class T>
Coroutine<> holds_and_awaits(T awaitable) {
  const Counted local;
  co_await std::move(awaitable);
}
Coroutine<> holds_and_calls(Coroutine<> inner) {
  const Counted local;
  co_await std::move(inner);
}
Coroutine<> holds_and_waits_for(Coroutine<> inner) {
  const Counted local;
  co_await wait_for(std::move(inner), 10s);
}
Coroutine<> holds_and_shields(Coroutine<> inner) {
  const Counted local;
  co_await shield(std::move(inner));
}
Coroutine<> holds_and_gathers(Coroutine<> inner) {
  const Counted local;
  co_await gather(std::move(inner), sleep(20s));
}

using Maker = Coroutine<> (*)(EventLoop&);

// One task for each state in which a frame can be.
std::vector<std::pair<std::string, Maker>> frames() {
  return {
      {"at a future",
       [](EventLoop& loop) { return holds_and_awaits(loop.create_future()); }},
      {"at a sleep", [](EventLoop&) { return holds_and_awaits(sleep(5s)); }},
      {"at sleep(0)", [](EventLoop&) { return holds_and_awaits(sleep(0s)); }},
      {"at a child coroutine",
       [](EventLoop&) {
         return holds_and_calls(holds_and_calls(holds_and_awaits(sleep(5s))));
       }},
      {"at a child that awaits a future",
       [](EventLoop& loop) {
         return holds_and_calls(holds_and_awaits(loop.create_future()));
       }},
      {"at a task",
       [](EventLoop& loop) {
         return holds_and_awaits(
             loop.create_task(holds_and_awaits(loop.create_future())));
       }},
      {"at a gather",
       [](EventLoop& loop) {
         return holds_and_gathers(holds_and_awaits(loop.create_future()));
       }},
      {"at a wait_for",
       [](EventLoop& loop) {
         return holds_and_waits_for(holds_and_awaits(loop.create_future()));
       }},
      {"at a shield",
       [](EventLoop& loop) {
         return holds_and_shields(holds_and_awaits(loop.create_future()));
       }},
      {"finished", [](EventLoop&) { return holds({}); }},
  };
}

}  // namespace

TEST_CASE("a task that is dropped takes its frames with it, in every state") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto [state, make] = GENERATE(from_range(frames()));
  const int steps = GENERATE(0, 1, 2, 3);
  INFO(state << ", after " << steps << " iterations");
  {
    const auto task = bench.loop().create_task(make(bench.loop()));
    bench.run_iterations(steps);
  }
  if (state == "at a future" && steps > 0) CHECK(Counted::alive == 0);
  // The end of the loop ends whatever a timer or the ready queue still holds.
  bench.loop().close();
  bench.destroy_loop();
  CHECK(Counted::alive == 0);
}

TEST_CASE(
    "a task that outlives its loop has lost its frames, and is harmless") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto [state, make] = GENERATE(from_range(frames()));
  const int steps = GENERATE(0, 1, 3);
  const bool close = GENERATE(false, true);
  INFO(state << ", after " << steps << " iterations, closed: " << close);
  const auto task = bench.loop().create_task(make(bench.loop()), "t");
  bench.run_iterations(steps);
  const bool was_done = task.done();
  if (close) bench.loop().close();
  bench.destroy_loop();
  CHECK(Counted::alive == 0);
  CHECK(task.done());
  CHECK(task.cancelled() != was_done);
  CHECK_FALSE(task.cancel());
  CHECK(task.get_stack().empty());
  CHECK(task.repr().find("name='t'") != std::string::npos);
}

TEST_CASE("a task dropped while it is in the ready queue still runs") {
  Bench bench(GENERATE(from_range(kinds())));
  static_cast<void>(bench.loop().create_task(child(bench, 1)));
  bench.run_iterations(2);
  CHECK(bench.log == Log{"child 1 starts", "child 1 ends"});
}

TEST_CASE("a sleeper needs no other reference") {
  Bench bench(GENERATE(from_range(kinds())));
  static_cast<void>(bench.loop().create_task(holds_and_awaits(sleep(1s))));
  bench.run_once();
  CHECK(Counted::alive == 1);
  bench.run(sleeps(2s));
  CHECK(Counted::alive == 0);
}

TEST_CASE("a finished task's frame is gone, its result is not") {
  Bench bench(GENERATE(from_range(kinds())));
  const auto task = bench.loop().create_task(holds(Counted()));
  CHECK(Counted::alive == 1);
  bench.run_once();
  CHECK(task.done());
  CHECK(Counted::alive == 0);
}

namespace {

// Its local does something to other objects when the frame ends.
template <class Function>
Coroutine<> ends_with(Function function, Future<> future) {
  const AtEnd at_end(std::move(function));
  co_await future;
}

}  // namespace

TEST_CASE("a local's destructor may cancel and drop other tasks and timers") {
  Bench bench(GENERATE(from_range(kinds())));
  enum class How { drop, close, destroy };
  const auto how = GENERATE(How::drop, How::close, How::destroy);
  EventLoop& loop = bench.loop();
  const auto f = loop.create_future();
  std::optional<Task<>> waiting = loop.create_task(holds_and_awaits(f));
  std::optional<Task<>> sleeping =
      loop.create_task(holds_and_awaits(sleep(9s)));
  std::optional<Task<>> fresh = loop.create_task(holds_and_awaits(sleep(0s)));
  const auto timer = loop.call_later(5s, [c = Counted()] {});
  const auto g = loop.create_future();
  g.add_done_callback([c = Counted()](auto) {});
  int ended = 0;
  auto ending = [&] {
    ++ended;
    waiting->cancel();
    sleeping->cancel();
    timer->cancel();
    g.cancel();
    fresh.reset();
    waiting.reset();
  };
  std::optional<Task<>> task = loop.create_task(ends_with(ending, f));
  for (auto* one : {&task, &waiting, &sleeping, &fresh}) {
    (*one)->set_log_destroy_pending(false);
  }
  bench.run_once();
  if (how == How::close) loop.close();
  if (how == How::destroy) bench.destroy_loop();
  task.reset();
  CHECK(ended == 1);
  if (how == How::drop) bench.run_iterations(3);
  sleeping.reset();
  if (how != How::destroy) bench.destroy_loop();
  CHECK(Counted::alive == 0);
}

TEST_CASE("a task holds the next one, and that one the next") {
  Bench bench(GENERATE(from_range(kinds())));
  Log order;
  const auto f = bench.loop().create_future();
  {
    std::optional<Task<>> last;
    for (int i = 0; i < 3; ++i) {
      last = bench.loop().create_task(ends_with(
          [&order, i, keep = last] { order.push_back(std::to_string(i)); }, f));
      last->set_log_destroy_pending(false);
    }
    bench.run_once();
  }
  CHECK(order == Log{"2", "1", "0"});
}

TEST_CASE("frames of a chain end innermost first") {
  Bench bench(GENERATE(from_range(kinds())));
  Log order;
  const auto f = bench.loop().create_future();
  const auto level = [&](const char* name, auto inner) -> Coroutine<> {
    const AtEnd at_end([&order, name] { order.emplace_back(name); });
    co_await std::move(inner);
  };
  {
    const auto task = bench.loop().create_task(
        level("outer", level("middle", level("inner", f))));
    task.set_log_destroy_pending(false);
    bench.run_once();
  }
  CHECK(order == Log{"inner", "middle", "outer"});
}

TEST_CASE("r04 a pending task that is dropped is reported from chapter 7 on") {
  Bench bench(GENERATE(from_range(kinds())));
  const bool tells = dynamic_cast<ch07::EventLoop*>(&bench.loop()) != nullptr;
  {
    const auto task = bench.loop().create_task(
        holds_and_awaits(bench.loop().create_future()), "stuck");
    bench.run_once();
  }
  CHECK(Counted::alive == 0);
  REQUIRE(bench.reports.size() == (tells ? 1 : 0));
  if (tells) {
    CHECK(bench.reports[0].find(
              "Task was destroyed but it is pending!\n"
              "task: <Task pending name='stuck' coro=<holds_and_awaits() "
              "running at 03_task_test.cpp:") == 0);
    CHECK(bench.reports[0].find("> wait_for=<Future pending "
                                "cb=[Task.task_wakeup()]>>") !=
          std::string::npos);
  }
}

TEST_CASE("r04 a handler may keep the dropped task of a report") {
  Bench bench(kinds()[4]);
  std::vector<ch03::Ref<TaskBase>> kept;
  bench.loop().set_exception_handler(
      [&](ch02::EventLoop&, const ch02::ExceptionContext& context) {
        bench.note(context.message);
        kept = bench.loop().all_tasks();
      });
  const auto f = bench.loop().create_future();
  {
    const auto task = bench.loop().create_task(holds_and_awaits(f));
    bench.run_once();
  }
  REQUIRE(kept.size() == 1);
  CHECK(Counted::alive == 1);
  f.set_result();
  bench.run_once();
  CHECK(kept[0]->done());
  CHECK(Counted::alive == 0);
  CHECK(bench.log == Log{"Task was destroyed but it is pending!"});
}

TEST_CASE("r04 a handler that throws while a task is dropped does no harm") {
  Bench bench(kinds()[4]);
  loops::StandardError standard_error;
  bench.loop().set_exception_handler(
      [](ch02::EventLoop&, const ch02::ExceptionContext&) {
        throw std::runtime_error("in the handler");
      });
  {
    const auto task = bench.loop().create_task(
        holds_and_awaits(bench.loop().create_future()));
    bench.run_once();
  }
  CHECK(Counted::alive == 0);
  const std::string text = standard_error.text();
  CHECK(text.find("Unhandled error in exception handler") != std::string::npos);
  CHECK(text.find("in the handler") != std::string::npos);
}

// --- Cost --------------------------------------------------------------------

namespace {

Coroutine<> switches(int rounds) {
  for (int i = 0; i < rounds; ++i) co_await sleep(0s);
}
Coroutine<> waits_in_turn(const std::vector<Future<int>>& futures,
                          long long& sum) {
  for (const auto& future : futures) sum += co_await future;
}
Coroutine<> wakes_in_turn(const std::vector<Future<int>>& futures) {
  for (const auto& future : futures) {
    co_await sleep(0s);
    future.set_result(1);
  }
}

}  // namespace

TEST_CASE("a step allocates nothing") {
  Bench bench(GENERATE(from_range(kinds())));
  EventLoop& loop = bench.loop();
  const auto a = loop.create_task(switches(1000));
  const auto b = loop.create_task(switches(1000));
  long long sum = 0;
  std::vector<Future<int>> futures;
  for (int i = 0; i < 500; ++i) futures.push_back(loop.create_future<int>());
  const auto waiting = loop.create_task(waits_in_turn(futures, sum));
  const auto waking = loop.create_task(wakes_in_turn(futures));
  bench.run_iterations(10);
  const std::size_t before = allocations();
  bench.run_iterations(900);
  CHECK(allocations() - before == 0);
  CHECK(sum == 500);
  bench.run_iterations(200);
  CHECK(a.done());
  CHECK(b.done());
}

TEST_CASE(
    "the memory of posts is kept for the next ones, but not of thousands") {
  Bench bench(GENERATE(from_range(kinds())));
  // How often the list grows for so many posts that come for the third time:
  // two lists take turns.
  const auto grows = [&](int posts) {
    std::size_t grown = 0;
    for (int time = 0; time < 3; ++time) {
      const std::size_t before = allocations();
      for (int i = 0; i < posts; ++i) {
        bench.loop().call_soon_threadsafe([] {});
      }
      grown = allocations() - before;
      bench.run_iterations(2);
    }
    return grown;
  };
  CHECK(grows(1000) == 0);
  if (allocations() > 0) CHECK(grows(5000) > 0);
}

TEST_CASE("the memory of a coroutine is kept for the next one") {
  common::recycled_delete(common::recycled_new(200), 200);
  const std::size_t before = allocations();
  void* const block = common::recycled_new(200);
  CHECK(allocations() == before);
  common::recycled_delete(block, 200);
}

namespace {

// Counts the releases when a thread ends that has freed `block`.
std::size_t releases_at_end(void* block) {
  std::size_t before = 0;
  std::thread thread([&] {
    if (block) common::recycled_delete(block, 200);
    before = releases();
  });
  thread.join();
  return releases() - before;
}

}  // namespace

TEST_CASE("a thread keeps so many blocks of a size, and no more") {
  constexpr std::size_t kMost = 16384;
  std::size_t at_once = 0;
  std::thread thread([&at_once] {
    std::vector<void*> blocks;
    for (std::size_t i = 0; i < kMost + 100; ++i) {
      blocks.push_back(common::recycled_new(200));
    }
    const std::size_t before = releases();
    for (void* block : blocks) common::recycled_delete(block, 200);
    at_once = releases() - before;
  });
  thread.join();
  if (allocations() > 0) CHECK(at_once == 100);
}

TEST_CASE("what a thread kept goes with the thread") {
  const std::size_t usual = releases_at_end(nullptr);
  const std::size_t kept = releases_at_end(common::recycled_new(200));
  // Some builds count nothing.
  if (allocations() > 0) CHECK(kept == usual + 1);
}

namespace {

Coroutine<> at_depth(int depth, Coroutine<> (*innermost)(int), int rounds) {
  if (depth == 0) {
    co_await innermost(rounds);
  } else {
    co_await at_depth(depth - 1, innermost, rounds);
  }
}

std::chrono::nanoseconds time_of_switches(Bench& bench, int depth) {
  using Clock = std::chrono::steady_clock;
  const auto task = bench.loop().create_task(at_depth(depth, switches, 20000));
  bench.run_once();
  const auto start = Clock::now();
  bench.run_iterations(10000);
  const auto time = Clock::now() - start;
  CHECK_FALSE(task.done());
  CHECK(task.get_stack().size() == static_cast<std::size_t>(depth) + 2);
  bench.loop().run_until_complete(task);
  return time;
}

}  // namespace

TEST_CASE("a step resumes the innermost coroutine, however long the chain is") {
  Bench bench(kinds()[0]);
  const auto shallow = time_of_switches(bench, 0);
  const auto deep = time_of_switches(bench, 3000);
  // If each step went through the chain, this would be a thousand times as
  // much.
  CHECK(deep < 50 * shallow);
}
