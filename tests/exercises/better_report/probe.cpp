#include <string>
#include <vector>

#include "chapters/08_asyncio_debug/exercises/better_report.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::SlowStep;
using exercises::Standing;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

Standing standing(probe::Run& run) {
  const auto function = "brew_" + run.word();
  const auto file = run.word() + ".cpp";
  const int line = run.number(10, 99);
  return {function, file, static_cast<unsigned>(line)};
}

void report(probe::Run& run, const SlowStep& step) {
  run.step("{} took {}, the limit is {}", step.task, probe::text(step.took),
           probe::text(step.limit));
  for (const Standing& each : step.chain) {
    run.step("in it {} is at {}:{}", each.function, each.file, each.line);
  }
  run.see_lines("the report", lines_of(exercises::better_report(step)));
}

SlowStep slow_step(probe::Run& run) {
  SlowStep step;
  step.task = "task-" + run.word();
  step.limit = run.milliseconds(20, 100);
  const int times = run.number(1, 9);
  step.took = times * step.limit;
  return step;
}

void chain_of_awaits(probe::Run& run) {
  SlowStep step = slow_step(run);
  const int depth = run.number(3, 4);
  for (int i = 0; i < depth; ++i) step.chain.push_back(standing(run));
  run.why(
      "the line to open is that of the innermost coroutine, the last of the "
      "chain, and it alone has the mark; the ones above tell how the task came "
      "there");
  report(run, step);
  run.why(
      "the coroutine at the end is one that is further out, too: that one "
      "keeps its own line, and only the end of the chain has the mark");
  step.chain.push_back(step.chain.front());
  report(run, step);
  run.why("a task may have any name: it is no format, and is written as it is");
  step.task = run.word() + " {0} %s {}";
  step.chain.resize(1);
  report(run, step);
  step.task.clear();
  report(run, step);
  run.why(
      "a name is a std::string: it may have a zero byte or a line break in it, "
      "and does not end there");
  for (const char odd : {'\0', '\n'}) {
    const auto front = run.word();
    step.task = front + odd + run.word();
    report(run, step);
  }
}

// A step with this limit, and what it took. One unit in each.
void take(probe::Run& run, nanoseconds limit, nanoseconds took) {
  SlowStep step;
  step.task = "task-" + run.word();
  step.limit = limit;
  step.took = took;
  step.chain.push_back(standing(run));
  report(run, step);
}

void units_and_times(probe::Run& run) {
  run.why("from one millisecond on, a duration is in milliseconds");
  const auto limit = run.milliseconds(1, 50);
  take(run, limit, limit);
  take(run, 1ms, 1ms);
  run.why(
      "the quotient is that of the durations, and not of the numbers that the "
      "report shows: these have lost what was cut off");
  take(run, 1ms + 900us, 19ms);
  run.why(
      "below a millisecond a duration is in microseconds, and a quotient has "
      "one decimal; what is less is cut off: a report that rounds up claims "
      "what did not happen");
  const auto short_of = run.milliseconds(2, 9) - 1us;
  take(run, short_of, 3 * short_of);
  const auto below = run.microseconds(300, 900);
  const auto more = run.nanoseconds(500, 999);
  take(run, below + more, 1ms - 1ns);
  run.why(
      "the tenths are cut off, too: just below 3 times is 2.9, and just below "
      "10 times is 9.9");
  take(run, limit, 3 * limit - 1ns);
  take(run, limit, 10 * limit - 1us);
  const auto part = run.number(11, 99);
  take(run, limit, limit * part / 10);
  run.why("a long time, too, is a number of milliseconds");
  const auto long_time = 30h + run.milliseconds(1, 999) + 999us;
  take(run, limit, long_time);
  take(run, limit, 9 * 365 * 24h);
  run.why("a limit of zero has no quotient; all the rest is as ever");
  take(run, 0ns, long_time);
  take(run, 0ns, run.nanoseconds(0, 999));
  run.why(
      "a limit that is written as 0 us is not zero: there is a quotient as "
      "long as there is anything to divide by");
  const auto tiny = run.nanoseconds(1, 999);
  take(run, tiny, 1ms);
}

Standing again_in(probe::Run& run, std::vector<Standing>& chain, int count) {
  const Standing again = standing(run);
  for (int i = 0; i < count; ++i) chain.push_back(again);
  return again;
}

// Chains of a few places, and times of all sizes.
void any_step(probe::Story& story) {
  auto& run = story.run;
  std::vector<Standing> places;
  for (int i = 0; i < 2; ++i) places.push_back(standing(run));
  places.push_back(places[0]);
  places[2].line += 1;
  const auto some_time = [&run] {
    nanoseconds time(run.number(0, 999));
    for (int i = run.number(0, 3); i > 0; --i) time *= run.number(1, 1'000);
    return time;
  };
  for (int i = 0; i < 50; ++i) {
    SlowStep step = slow_step(run);
    step.limit = some_time();
    step.took = step.limit + some_time();
    for (int more = run.number(1, 4); more > 0; --more) {
      const auto place = run.pick(places);
      const auto times = static_cast<std::size_t>(run.number(1, 2));
      step.chain.insert(step.chain.end(), times, place);
    }
    story.add([=, &run] {
      run.why(
          "the numbers are those of the durations as they are, to the "
          "nanosecond, cut off; and only neighbours that are equal are "
          "counted");
      report(run, step);
    });
  }
}

void counted_not_repeated(probe::Run& run) {
  SlowStep step = slow_step(run);
  run.why(
      "a thousand equal lines hide the one that differs: neighbours that are "
      "equal are one line with a number");
  again_in(run, step.chain, run.number(2, 4));
  step.chain.push_back(standing(run));
  report(run, step);
  run.why("the last one may be counted, too, and has its mark all the same");
  again_in(run, step.chain, run.number(2, 4));
  report(run, step);
  run.why("all of them may be equal: one line, with the mark and the number");
  SlowStep all = slow_step(run);
  again_in(run, all.chain, run.number(5, 9));
  report(run, all);

  run.why(
      "the same function at another line is another place: a coroutine awaits "
      "in several of its lines");
  SlowStep near = slow_step(run);
  Standing other = again_in(run, near.chain, 1);
  other.line += 1;
  near.chain.push_back(other);
  report(run, near);
  run.why(
      "the same function and line of another file are another place: functions "
      "of two files may have one name");
  other.file = "x" + other.file;
  near.chain.push_back(other);
  report(run, near);
  run.why(
      "another function is another place, also in the same line: a line may "
      "have several lambdas");
  other.function += "2";
  near.chain.push_back(other);
  report(run, near);

  run.why("what comes between two equal ones must stay between them");
  SlowStep apart = slow_step(run);
  const Standing outer = again_in(run, apart.chain, run.number(2, 4));
  apart.chain.push_back(standing(run));
  apart.chain.push_back(outer);
  apart.chain.push_back(outer);
  report(run, apart);

  run.stories(40, any_step);
}

void nothing_left(probe::Run& run) {
  SlowStep step = slow_step(run);
  report(run, step);
  run.step("there is no limit");
  step.limit = 0ns;
  report(run, step);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"chain_of_awaits", chain_of_awaits},
                      {"units_and_times", units_and_times},
                      {"counted_not_repeated", counted_not_repeated},
                      {"nothing_left", nothing_left}});
}
