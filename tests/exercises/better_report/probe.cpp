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
  const auto function = run.word();
  const auto file = run.word() + ".cpp";
  const int line = run.number(10, 99);
  return {function, file, static_cast<unsigned>(line)};
}

void report(probe::Run& run, const SlowStep& step) {
  run.step("{} took {}, the limit is {}", step.task, probe::text(step.took),
           probe::text(step.limit));
  for (const Standing& each : step.chain) {
    run.step("in it {} stands at {}:{}", each.function, each.file, each.line);
  }
  run.see_lines("the report", lines_of(exercises::better_report(step)));
}

void chain_of_awaits(probe::Run& run) {
  SlowStep step;
  step.task = run.word();
  step.limit = run.milliseconds(20, 100);
  step.took = run.number(1, 9) * step.limit;
  const int depth = run.number(2, 4);
  for (int i = 0; i < depth; ++i) step.chain.push_back(standing(run));
  report(run, step);
  step.task = run.word() + " {0}";
  step.chain.resize(1);
  report(run, step);
}

void units_and_times(probe::Run& run) {
  SlowStep step;
  step.chain.push_back(standing(run));
  // Just below the next unit, and just below the next tenth.
  step.task = run.word();
  step.limit = run.milliseconds(2, 9) - 1us;
  step.took = 3 * step.limit - 1ns;
  report(run, step);
  step.task = run.word();
  const auto more = run.nanoseconds(500, 999);
  step.limit = run.microseconds(300, 900) + more;
  step.took = 1ms - 1ns;
  report(run, step);
  step.task = run.word();
  step.limit = run.milliseconds(1, 50);
  step.took = step.limit;
  report(run, step);
  step.task = run.word();
  step.took = 1h + run.milliseconds(1, 999) + 999us;
  report(run, step);
  step.task = run.word();
  step.limit = 0ns;
  report(run, step);
}

void counted_not_repeated(probe::Run& run) {
  SlowStep step;
  step.task = run.word();
  step.limit = run.milliseconds(20, 100);
  step.took = 2 * step.limit;
  const Standing outer = standing(run);
  const Standing again = standing(run);
  Standing elsewhere = again;
  elsewhere.line += 1;
  const int first = run.number(2, 4);
  const int last = run.number(2, 4);
  step.chain.push_back(outer);
  for (int i = 0; i < first; ++i) step.chain.push_back(again);
  step.chain.push_back(elsewhere);
  for (int i = 0; i < last; ++i) step.chain.push_back(again);
  report(run, step);
}

void nothing_left(probe::Run& run) {
  SlowStep step;
  step.task = run.word();
  step.limit = run.milliseconds(20, 100);
  step.took = run.number(1, 9) * step.limit;
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
