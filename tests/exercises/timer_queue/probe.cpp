#include <chrono>
#include <cstddef>
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
    return id;
  }
  void cancel(TimerQueue::Id id, const std::string& name) {
    run.step("cancel({})", name);
    run.see<bool>("was it waiting", timers.cancel(id));
  }
  void pop_due(nanoseconds now) {
    run.step("pop_due({})", probe::text(now));
    const std::vector<std::string> due = timers.pop_due(now);
    run.see_lines("due", due);
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
};

void by_deadline(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(6);
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
  bench.pop_due(sorted[0] - 1ns);
  bench.pop_due(sorted[2]);
  bench.next();
  bench.push(sorted[1], run.word());
  bench.next();
  bench.pop_due(sorted[5] + 1s);
  bench.next();
  bench.sizes();
}

void equal_deadlines(probe::Run& run) {
  Bench bench(run);
  const auto early = run.milliseconds(10, 40);
  const auto late = early + run.milliseconds(10, 40);
  const auto count = static_cast<std::size_t>(run.number(8, 11));
  for (const auto& name : run.words(count)) {
    bench.push(run.number(1, 4) == 1 ? early : late, name);
  }
  bench.pop_due(early);
  for (const auto& name : run.words(3)) bench.push(late, name);
  bench.pop_due(late);
}

void cancelled_stay_away(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(5);
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
  bench.next();
  bench.sizes();
  bench.cancel(ids[1], names[1]);
  bench.pop_due(deadlines[3]);
  bench.sizes();
  bench.cancel(ids[3], names[3]);
  bench.cancel(ids[4], names[4]);
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
  run.step("cancel() one more, which makes it more than half");
  bench.timers.cancel(ids[1]);
  bench.sizes();
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
  run.step("another queue: push() 100 timers, and cancel() {} of them", most);
  Bench small(run);
  ids.clear();
  for (int i = 0; i < 100; ++i) ids.push_back(small.timers.push(base, "timer"));
  for (int i = 0; i < most; ++i) {
    small.timers.cancel(ids[static_cast<std::size_t>(i)]);
  }
  small.sizes();
  run.step("push() one more, and cancel() it");
  small.timers.cancel(small.timers.push(base, "timer"));
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
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(
      argc, argv,
      {{"by_deadline", by_deadline},
       {"equal_deadlines", equal_deadlines},
       {"cancelled_stay_away", cancelled_stay_away},
       {"purged_when_most_are_cancelled", purged_when_most_are_cancelled},
       {"only_what_is_left_counts", only_what_is_left_counts}});
}
