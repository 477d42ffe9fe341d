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
  const auto unit = run.microseconds(1000, 9000);
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
  loop.close();
}

void waiting_is_free(probe::Run& run) {
  VirtualClock clock;
  exercises::ProfilingLoop loop(clock);
  const auto unit = run.microseconds(1000, 9000);
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
  third.cancel();
  loop.stop();
  loop.run_forever();
  loop.close();
}

void once_for_each_name(probe::Run& run) {
  VirtualClock clock;
  exercises::ProfilingLoop loop(clock);
  const auto unit = run.microseconds(1000, 9000);
  const int layers = run.number(3, 9);
  run.step(
      "fold() works for {}, awaits itself, {} frames in all, of which the "
      "innermost awaits weigh(); each works for as long once more",
      probe::text(unit), layers);
  loop.run_until_complete(fold(clock, unit, layers));
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
