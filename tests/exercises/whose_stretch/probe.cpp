#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/09_culprit/exercises/whose_stretch.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using ch07::Coroutine;
using common::VirtualClock;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

Coroutine<> weigh(VirtualClock& clock, nanoseconds duration) {
  clock.advance(duration);
  co_return;
}
Coroutine<> burn(VirtualClock& clock, nanoseconds duration) {
  clock.advance(duration);
  throw std::runtime_error("burnt");
  co_return;
}
Coroutine<> knead(VirtualClock& clock, nanoseconds duration) {
  clock.advance(duration);
  co_await weigh(clock, 2 * duration);
  clock.advance(3 * duration);
}
Coroutine<> bake(VirtualClock& clock, nanoseconds duration) {
  co_await knead(clock, duration);
  clock.advance(5 * duration);
  try {
    co_await burn(clock, 7 * duration);
  } catch (const std::runtime_error&) {
    clock.advance(11 * duration);
  }
}
Coroutine<> rise(VirtualClock& clock, nanoseconds duration, int times) {
  for (int i = 0; i < times; ++i) {
    clock.advance(duration);
    co_await ch07::sleep(10 * duration);
  }
  clock.advance(duration);
}
Coroutine<> wait_for_dough(VirtualClock& clock, nanoseconds duration,
                           int times) {
  clock.advance(duration);
  co_await rise(clock, duration, times);
}
Coroutine<> fold(VirtualClock& clock, nanoseconds duration, int layers) {
  clock.advance(duration);
  if (layers > 1) co_await fold(clock, duration, layers - 1);
  if (layers == 1) co_await weigh(clock, duration);
  clock.advance(duration);
}

// Each layer of butter is rolled out, and folded in again.
Coroutine<> roll(VirtualClock& clock, nanoseconds duration, int layers);
Coroutine<> turn(VirtualClock& clock, nanoseconds duration, int layers) {
  clock.advance(2 * duration);
  if (layers > 0) co_await roll(clock, duration, layers);
}
Coroutine<> roll(VirtualClock& clock, nanoseconds duration, int layers) {
  clock.advance(duration);
  co_await turn(clock, duration, layers - 1);
  clock.advance(duration);
}
Coroutine<> taste(VirtualClock& clock, nanoseconds duration, int bites) {
  const auto done = ch07::get_running_loop().create_future<>();
  done.set_result();
  for (int i = 0; i < bites; ++i) {
    clock.advance(duration);
    co_await done;
  }
  clock.advance(duration);
}
Coroutine<> serve(VirtualClock& clock, nanoseconds duration) {
  clock.advance(duration);
  co_await ch07::create_task(rise(clock, duration, 1));
  clock.advance(duration);
}
Coroutine<> look(const exercises::ProfilingLoop& loop, int& calls) {
  const auto line = loop.profile().find("look");
  if (line != loop.profile().end()) calls = line->second.calls;
  co_return;
}

void show(probe::Run& run, const exercises::ProfilingLoop& loop) {
  std::vector<std::string> lines;
  for (const auto& [name, line] : loop.profile()) {
    lines.push_back(fmt::format("{}: calls: {}, own: {}, total: {}", name,
                                line.calls, probe::text(line.own),
                                probe::text(line.total)));
  }
  run.see_lines("the profile", lines);
}

void own_and_total(probe::Run& run) {
  VirtualClock clock;
  exercises::ProfilingLoop loop(clock);
  const auto unit = run.nanoseconds(1'000'001, 9'000'001);
  const int times = run.number(2, 4);
  run.step(
      "knead() works for {}, awaits weigh(), which works for {}, and works "
      "for {}",
      probe::text(unit), probe::text(2 * unit), probe::text(3 * unit));
  loop.run_until_complete(knead(clock, unit));
  show(run, loop);
  for (int i = 0; i < times; ++i) {
    run.step(
        "bake() awaits knead(), works for {}, awaits burn(), which works "
        "for {} and fails, and works for {}",
        probe::text(5 * unit), probe::text(7 * unit), probe::text(11 * unit));
    loop.run_until_complete(bake(clock, unit));
  }
  show(run, loop);

  run.why(
      "a co_await of what is done already ends a stretch, and begins the next "
      "one: no enter comes between them");
  const int bites = run.number(2, 5);
  run.step(
      "taste() works for {}, and awaits a future that is done, {} times, and "
      "works once more",
      probe::text(unit), bites);
  loop.run_until_complete(taste(clock, unit, bites));
  show(run, loop);
  loop.close();
}

void waiting_is_free(probe::Run& run) {
  VirtualClock clock;
  exercises::ProfilingLoop loop(clock);
  const auto unit = run.nanoseconds(1'000'001, 9'000'001);
  const int times = run.number(2, 5);
  run.step(
      "wait_for_dough() works for {}, and awaits rise(), which works for "
      "as long, {} times with a sleep behind it, and once more",
      probe::text(unit), times);
  run.step("a second one does the same in a task of its own");
  const auto other = loop.create_task(wait_for_dough(clock, unit, times));
  loop.run_until_complete(wait_for_dough(clock, unit, times));
  show(run, loop);
  run.step("{} later, a third one begins, and still waits",
           probe::text(100 * unit));
  clock.advance(100 * unit);
  run.why(
      "a coroutine is called once, when it begins, and however often it "
      "goes on");
  const auto third = loop.create_task(wait_for_dough(clock, unit, times));
  third.set_log_destroy_pending(false);
  loop.stop();
  loop.run_forever();
  show(run, loop);
  run.step("{} later, it is cancelled", probe::text(100 * unit));
  clock.advance(100 * unit);
  third.cancel();
  loop.stop();
  loop.run_forever();
  run.why(
      "CancelledError leaves a coroutine as other errors do: it has run for no "
      "time, and what it ran before stays");
  show(run, loop);

  run.why(
      "the profile has those that have begun to run: not a task that was "
      "cancelled before its first step");
  run.step("a task of fold() is cancelled at once");
  const auto never = loop.create_task(fold(clock, unit, 2));
  never.cancel();
  loop.stop();
  loop.run_forever();
  show(run, loop);

  run.why("a coroutine that runs has begun to run: its call counts from then");
  run.step("look() asks the profile for its own calls");
  int calls = 0;
  loop.run_until_complete(look(loop, calls));
  run.see("calls of look()", calls);

  run.why(
      "a task that is awaited runs by itself: its stretches have no caller in "
      "the task that waits");
  run.step(
      "serve() works for {}, awaits a task of rise(), and works for as long",
      probe::text(unit));
  loop.run_until_complete(serve(clock, unit));
  show(run, loop);
  loop.close();

  run.why("each loop has its profile, and its own time");
  VirtualClock late;
  late.advance(24h * run.number(500, 3'000));
  exercises::ProfilingLoop other_loop(late);
  run.step("another loop, whose clock is years ahead; weigh() works for {}",
           probe::text(unit));
  other_loop.run_until_complete(weigh(late, unit));
  show(run, other_loop);
  other_loop.close();
}

void once_for_each_name(probe::Run& run) {
  VirtualClock clock;
  exercises::ProfilingLoop loop(clock);
  const auto unit = run.nanoseconds(1'000'001, 9'000'001);
  const int layers = run.number(3, 9);
  run.step(
      "fold() works for {}, awaits itself, {} frames in all, of which the "
      "innermost awaits weigh(); each works for as long once more",
      probe::text(unit), layers);
  loop.run_until_complete(fold(clock, unit, layers));
  show(run, loop);

  run.why(
      "a function that awaits itself by way of another one is in the chain "
      "several times, too, though not next to itself");
  run.step(
      "roll() works for {}, awaits turn(), which works for {} and awaits "
      "roll() again, {} times in all, and works for {}",
      probe::text(unit), probe::text(2 * unit), layers, probe::text(unit));
  loop.run_until_complete(roll(clock, unit, layers));
  show(run, loop);
  loop.close();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"own_and_total", own_and_total},
                      {"waiting_is_free", waiting_is_free},
                      {"once_for_each_name", once_for_each_name}});
}
