#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chapters/02_event_loop/exercises/timer_queue.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::TimerQueue;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {}

  TimerQueue::Id push(nanoseconds when, const std::string& name) {
    run.step("push({}, {})", probe::text(when), name);
    const TimerQueue::Id id = timers.push(when, name);
    run.why("ids count from 1, and none is used again: 1, 2, 3");
    run.see<TimerQueue::Id>("its id", id);
    run.why("");
    return id;
  }
  void cancel(TimerQueue::Id id, const std::string& name) {
    run.step("cancel({})", name);
    const bool waited = timers.cancel(id);
    run.why(
        "cancel() says whether the timer was waiting: no if it has come out, "
        "was cancelled before, or never was");
    run.see<bool>("was it waiting", waited);
    run.why("");
  }
  void push_many(nanoseconds when, int count) {
    run.step("push() {} timers at {}", count, probe::text(when));
    for (int i = 0; i < count; ++i) {
      timers.push(when, "#" + std::to_string(++pushed));
    }
  }
  void cancel_many(TimerQueue::Id first, TimerQueue::Id count) {
    run.step("cancel() {} to {}", first, first + count - 1);
    for (TimerQueue::Id i = 0; i < count; ++i) timers.cancel(first + i);
  }
  void pop_due(nanoseconds now) {
    run.step("pop_due({})", probe::text(now));
    const std::vector<std::string> due = timers.pop_due(now);
    run.see("due", due);
  }
  void next() {
    const std::optional<nanoseconds> next = timers.next_deadline();
    run.see("next_deadline()", next);
  }
  void sizes() {
    run.see<std::size_t>("entries in the heap", timers.size());
    run.see<std::size_t>("timers that wait", timers.waiting());
  }

  probe::Run& run;
  TimerQueue timers;
  int pushed = 0;  // by push_many()
};

void by_deadline(probe::Run& run) {
  Bench bench(run);
  const auto names = run.names("timer", 6);
  std::vector<nanoseconds> deadlines;
  nanoseconds last = 0ns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    last += run.milliseconds(5, 50);
    deadlines.push_back(last);
  }
  const auto sorted = deadlines;
  run.shuffle(deadlines);
  for (std::size_t i = 0; i < names.size(); ++i) {
    bench.push(deadlines[i], names[i]);
  }
  bench.next();
  run.why("due is what has a deadline that is not later than now, and no more");
  bench.pop_due(sorted[0] - 1ns);
  run.why(
      "all that are due come out, and a deadline that is exactly now is due");
  bench.pop_due(sorted[2]);
  run.why("");
  bench.next();
  bench.push(sorted[1], run.name("timer"));
  bench.next();
  bench.pop_due(sorted[5] + 1s);
  run.why("when nothing waits there is no deadline");
  bench.next();
  run.why("a timer that has come out no longer waits: its name goes, too");
  bench.sizes();

  run.why(
      "compare the deadlines themselves: their difference may be too large "
      "for its type");
  const auto far = run.names("timer", 4);
  const nanoseconds past = -nanoseconds(run.milliseconds(1, 9));
  const nanoseconds days = std::chrono::hours(run.number(1, 99));
  const std::vector whens{nanoseconds::max(), past, days, nanoseconds::min()};
  for (std::size_t i = 0; i < far.size(); ++i) {
    run.step("push({}, {})", probe::text(whens[i]), far[i]);
    bench.timers.push(whens[i], far[i]);
  }
  bench.next();
  bench.pop_due(nanoseconds::max());

  run.why("a timer may have any name, also none");
  const auto named = run.word();
  run.step("push(10 ms, \"\"), push(20 ms, {})", named);
  bench.timers.push(10ms, "");
  bench.timers.push(20ms, named);
  bench.next();
  bench.pop_due(30ms);
}

// Two timers, the later one pushed first.
void a_moment_apart(probe::Run& run, nanoseconds base, nanoseconds moment) {
  constexpr auto kToTheNanosecond =
      "deadlines are compared to the nanosecond: 1 ns later is later, and not "
      "equal. In milliseconds, microseconds or a double, other times are equal";
  Bench bench(run);
  const auto names = run.names("timer", 2);
  bench.push(base + 2 * moment, names[0]);
  bench.push(base + moment, names[1]);
  run.why(kToTheNanosecond);
  run.see("is the deadline the earlier one",
          bench.timers.next_deadline() == base + moment);
  bench.pop_due(base + 2 * moment);
  bench.push(base + 2 * moment, names[0]);
  bench.push(base + moment, names[1]);
  run.why(
      "due is what is not later than now, to the nanosecond: in other units, "
      "or in a double, what comes 1 ns later is due, too");
  bench.pop_due(base + moment);
  bench.sizes();
  run.why("");
}

void equal_deadlines(probe::Run& run) {
  Bench bench(run);
  const auto early = run.milliseconds(10, 40);
  const auto late = early + run.milliseconds(10, 40);
  const auto count = static_cast<std::size_t>(run.number(8, 11));
  for (const auto& name : run.names("timer", count)) {
    bench.push(run.number(1, 4) == 1 ? early : late, name);
  }
  bench.pop_due(early);
  for (const auto& name : run.names("timer", 3)) bench.push(late, name);
  bench.pop_due(late);

  const auto base = run.milliseconds(1, 99);
  for (const nanoseconds moment : {200'000ns, 1ns}) {
    run.step("another queue");
    a_moment_apart(run, base, moment);
  }
  run.step("another queue, on a machine that has been up for long");
  a_moment_apart(run, 24h * run.number(500, 3'000), 1ns);
}

void cancelled_stay_away(probe::Run& run) {
  Bench bench(run);
  const auto names = run.names("timer", 5);
  std::vector<TimerQueue::Id> ids;
  nanoseconds when = 0ns;
  std::vector<nanoseconds> deadlines;
  for (const auto& name : names) {
    when += run.milliseconds(5, 50);
    deadlines.push_back(when);
    ids.push_back(bench.push(when, name));
  }
  bench.cancel(ids[2], names[2]);
  bench.sizes();
  bench.cancel(ids[2], names[2]);
  bench.cancel(ids[0], names[0]);
  bench.sizes();
  run.why("no one is to be woken up for a timer that is cancelled");
  bench.next();
  run.why(
      "what is cancelled is dropped when it has come to the front; what is "
      "behind that stays");
  bench.sizes();
  run.why("");
  bench.cancel(ids[1], names[1]);
  run.why("a timer that is cancelled does not come out");
  bench.pop_due(deadlines[3]);
  run.why(
      "cancelled entries that come to the front are dropped, as by "
      "next_deadline()");
  bench.sizes();
  run.why("");
  bench.cancel(ids[3], names[3]);
  bench.sizes();
  bench.cancel(0, "0, which never was");
  bench.cancel(ids[4] + 1, "an id that never was");
  bench.push(when, run.name("timer"));
  bench.cancel(ids[4], names[4]);
  run.why("what is cancelled behind the last due timer is in front, too");
  bench.pop_due(deadlines[3]);
  bench.sizes();
  bench.pop_due(deadlines[4]);
  bench.next();
  bench.sizes();
}

void purged_when_most_are_cancelled(probe::Run& run) {
  Bench bench(run);
  const int half = run.number(55, 90);
  const auto base = run.milliseconds(1, 100);
  run.step("push() {} timers, each due 1 ms before the last one", 2 * half);
  std::vector<TimerQueue::Id> ids;
  for (int i = 0; i < 2 * half; ++i) {
    ids.push_back(
        bench.timers.push(base + milliseconds(2 * half - i), "timer"));
  }
  run.step("cancel() every other one: {}, which is half", half);
  for (int i = 0; i < half; ++i) {
    bench.timers.cancel(ids[static_cast<std::size_t>(2 * i)]);
  }
  bench.sizes();
  run.why("more than half of more than 100: now all that are cancelled go");
  run.step("cancel() one more, which makes it more than half");
  bench.timers.cancel(ids[1]);
  bench.sizes();
  run.why(
      "what is left after a purge must be made a heap again: to erase from the "
      "middle leaves no order");
  run.step("the others come out, one by one");
  std::vector<nanoseconds> left;
  while (left.size() < static_cast<std::size_t>(2 * half)) {
    const std::optional<nanoseconds> next = bench.timers.next_deadline();
    if (!next) break;
    left.push_back(*next);
    bench.timers.pop_due(*next);
  }
  run.see("the first of them",
          left.empty() ? std::optional<nanoseconds>() : left.front());
  bool sorted = true;
  for (std::size_t i = 1; i < left.size(); ++i) {
    sorted = sorted && left[i - 1] < left[i];
  }
  run.see("how many there were", left.size());
  run.see("did they come in order", sorted);

  const int most = run.number(60, 90);
  run.why("a purge is not worth its while for 100 entries, or fewer");
  run.step("another queue: push() 100 timers, and cancel() {} of them", most);
  Bench small(run);
  ids.clear();
  for (int i = 0; i < 100; ++i) ids.push_back(small.timers.push(base, "timer"));
  for (int i = 0; i < most; ++i) {
    small.timers.cancel(ids[static_cast<std::size_t>(i)]);
  }
  small.sizes();
  run.why("only cancel() purges, and only when it has cancelled something");
  run.step("push() one more, and cancel() an id that never was");
  const TimerQueue::Id one = small.timers.push(base, "timer");
  small.timers.cancel(one + 1);
  small.sizes();
  run.why("101 entries are more than 100, and most of them are cancelled");
  run.step("cancel() the one that was pushed last");
  small.timers.cancel(one);
  small.sizes();
}

void only_what_is_left_counts(probe::Run& run) {
  Bench bench(run);
  const int gone = run.number(60, 90);
  const auto early = run.milliseconds(1, 100);
  const auto late = early + 1s;
  run.step("push() {} timers at {}, and cancel() them after the last", gone,
           probe::text(early));
  std::vector<TimerQueue::Id> ids;
  for (int i = 0; i < gone; ++i) {
    ids.push_back(bench.timers.push(early, "cancelled"));
  }
  for (const auto id : ids) bench.timers.cancel(id);
  bench.sizes();
  bench.pop_due(early);
  bench.sizes();
  run.step("push() 110 timers at {}, and cancel() 50 of them",
           probe::text(late));
  ids.clear();
  for (int i = 0; i < 110; ++i) ids.push_back(bench.timers.push(late, "late"));
  for (std::size_t i = 0; i < 50; ++i) bench.timers.cancel(ids[i]);
  bench.sizes();
  run.step("pop_due({})", probe::text(late));
  const std::size_t due = bench.timers.pop_due(late).size();
  run.see("how many were due", due);
  bench.sizes();

  run.why(
      "only cancel() purges: when timers have come out, those that are "
      "cancelled may be more than half, until the next one is cancelled");
  run.step(
      "push() 50 timers at {} and 110 at {}, and cancel() 70 of the later ones",
      probe::text(early), probe::text(late));
  for (int i = 0; i < 50; ++i) bench.timers.push(early, "early");
  ids.clear();
  for (int i = 0; i < 110; ++i) ids.push_back(bench.timers.push(late, "late"));
  for (std::size_t i = 0; i < 70; ++i) bench.timers.cancel(ids[109 - i]);
  run.step("pop_due({})", probe::text(early));
  run.see("how many were due", bench.timers.pop_due(early).size());
  bench.next();
  bench.sizes();
  run.step("push() one more, and cancel() one twice that was cancelled before");
  ids.push_back(bench.timers.push(late, "late"));
  run.see<bool>("was it waiting", bench.timers.cancel(ids[109]));
  run.see<bool>("was it waiting", bench.timers.cancel(ids[109]));
  bench.sizes();
  run.why("a purge drops all that are cancelled, and only those");
  run.step("cancel() the one that was pushed last");
  bench.timers.cancel(ids[110]);
  bench.sizes();
}

// Push, cancel, ask and pop, with deadlines that are often equal.
void any_order(probe::Story& story) {
  auto& run = story.run;
  const auto bench = std::make_shared<Bench>(run);
  for (int i = 0; i < 100; ++i) {
    const int what = run.number(1, 20);
    const int tick = run.number(0, 20);
    const nanoseconds when = 400us * tick + 1ns * run.number(0, 2);
    const auto id = static_cast<TimerQueue::Id>(run.number(1, 300));
    const auto name = run.name("timer");
    story.add([=] {
      if (what <= 8) {
        bench->push(when, name);
      } else if (what <= 10) {
        bench->push_many(when, 40);
      } else if (what <= 14) {
        bench->cancel(id, probe::text(id));
      } else if (what <= 17) {
        bench->cancel_many(id, 60);
      } else if (what == 18) {
        bench->run.why(
            "all that are due come out: the earliest deadline first, to the "
            "nanosecond; of equal ones, the one that was pushed first");
        bench->pop_due(when / 4);
      } else {
        bench->run.why("the earliest deadline of all that are not cancelled");
        bench->next();
      }
      bench->run.why(
          "a cancelled entry stays until it has come to the front; or until "
          "cancel() finds that, of more than 100, more than half are "
          "cancelled");
      bench->sizes();
    });
  }
  story.at_end([=] {
    bench->run.why(
        "in the end all come out: the earliest deadline first, to the "
        "nanosecond; of equal ones, the one that was pushed first");
    bench->pop_due(1s);
  });
}

void at_random(probe::Run& run) { run.stories(20, any_order); }

}  // namespace

int main(int argc, char** argv) {
  return probe::main(
      argc, argv,
      {{"by_deadline", by_deadline},
       {"equal_deadlines", equal_deadlines},
       {"cancelled_stay_away", cancelled_stay_away},
       {"purged_when_most_are_cancelled", purged_when_most_are_cancelled},
       {"only_what_is_left_counts", only_what_is_left_counts},
       {"at_random", at_random}});
}
