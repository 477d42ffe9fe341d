// solution ID [--anyway]: our solution, for learners who have passed.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "tests/grader/commands/record.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace grader {

int solution(const Context& context, const Words& words) {
  Words rest = words;
  const bool anyway = std::erase(rest, "--anyway") > 0;
  if (rest.size() != 1) throw UsageError("solution: of which exercise?");
  const Bundle bundle = context.read(rest[0]);
  const Exercise& exercise = bundle.find(rest[0]);
  const std::string& id = exercise.id();
  if (exercise.manifest.given) {
    fmt::print("{} is complete as it comes: {}\n", id, exercise.learner);
    return kOk;
  }
  if (!anyway) {
    const Remembered remembered = read_progress(bundle).of(exercise.key());
    if (!remembered.passed) {
      fmt::print(stderr,
                 "{}: {} so far. Our solution is more use beside one of your "
                 "own.\n"
                 "  judge   ./workbook check {}\n"
                 "  hint    ./workbook hint {}\n"
                 "  see it  ./workbook solution {} --anyway\n",
                 id,
                 exercise.is_step()
                     ? "not done"
                     : points_text(std::min(remembered.points,
                                            exercise.manifest.points),
                                   exercise.manifest.points),
                 id, id, id);
      return kFailed;
    }
  }
  const std::string text = read_file(exercise.solution);
  if (::isatty(STDOUT_FILENO) == 1) {
    const auto file = exercise.solution.lexically_relative(bundle.root);
    fmt::print("{}\n\n", terminal_style().bold(file.string()));
  }
  fmt::print("{}", text);
  return kOk;
}

}  // namespace grader
