// Random programs: do the loops print what the model prints?
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/model/generate.hpp"
#include "tests/model/python.hpp"
#include "tests/model/real.hpp"

namespace {

struct Count {
  long programs = 0;
  long operations = 0;  // of programs, however many loops they ran on
  long executed = 0;    // on all loops
} count;

// The first line where the two differ, with the lines before it.
std::string difference(const std::string& model, const std::string& real) {
  std::size_t at = 0;
  while (at < model.size() && at < real.size() && model[at] == real[at]) ++at;
  const std::size_t line = at == 0 ? 0 : model.rfind('\n', at - 1) + 1;
  const auto rest = [line](const std::string& log) {
    return log.substr(line, log.find('\n', line) - line);
  };
  return fmt::format("{}the model: {}\nthe loop:  {}\n", model.substr(0, line),
                     rest(model), rest(real));
}

std::string run_on(const model::Program& program, const loops::Kind& kind,
                   const model::Result& expected) {
  const model::Result real = model::run_real(program, kind);
  count.executed += real.operations;
  const std::string wanted = model::reports(kind)
                                 ? expected.log
                                 : model::without_reports(expected.log);
  if (real.log == wanted) return "";
  return fmt::format("{} differs\n{}", kind.name, difference(wanted, real.log));
}

// Empty, or a description of the error.
std::string run(const model::Program& program) {
  const auto expected = model::run_model(program);
  ++count.programs;
  count.operations += expected.operations;
  for (const loops::Kind& kind : model::loops_for(program)) {
    const std::string wrong = run_on(program, kind, expected);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

// Everything is removed after each step of a task.
std::string run_kills(model::Program program) {
  if (program.kill == model::Kill::nothing) return run(program);
  program.kill_at = 0;
  const int steps = model::run_model(program).steps;
  for (int step = 1; step <= steps; ++step) {
    program.kill_at = step;
    const std::string wrong = run(program);
    if (!wrong.empty()) return fmt::format("kill {}: {}", step, wrong);
  }
  return "";
}

bool check(const char* name, model::Wanted wanted, int programs,
           std::uint64_t seed) {
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = programs;
  count = {};
  std::string last;  // of the failing ones: the smallest
  const auto start = std::chrono::steady_clock::now();
  const auto result = rc::detail::checkTestable(
      [&] {
        const auto program = *model::programs(wanted);
        const std::string wrong = run_kills(program);
        if (wrong.empty()) return;
        last = text(program) + "\n" + wrong;
        RC_FAIL(wrong);
      },
      rc::detail::TestMetadata{name, name}, params);
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  std::cout << fmt::format(
      "{}: {} programs, {} operations; {} on all loops; {:.1f} s\n", name,
      count.programs, count.operations, count.executed, took.count());
  rc::detail::SuccessResult success;
  if (result.match(success)) return true;
  rc::detail::printResultMessage(result, std::cout);
  std::cout << "\n\nThe smallest program:\n\n" << last;
  return false;
}

model::Program read(const char* file) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return model::parse(text);
}

bool replay(const char* file, bool print) {
  const model::Program program = read(file);
  if (print) std::cout << model::run_model(program).log;
  const std::string wrong = run(program);
  if (!wrong.empty()) std::cout << file << ": " << wrong;
  return wrong.empty();
}

}  // namespace

int main(int argc, char** argv) {
  ch04::get_logger().set_level(ch04::ERROR);
  ch07::simplefilter("ignore");
  ch07::simplefilter("always", ch07::RuntimeWarning);
  std::uint64_t seed = 1;
  int programs = 15'000;
  std::string python;
  std::string peer;
  bool quiet = false;
  std::vector<const char*> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seed" && i + 1 < argc) {
      const std::string value = argv[++i];
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      seed = value == "time" ? static_cast<std::uint64_t>(now.count())
                             : std::strtoull(value.c_str(), nullptr, 10);
    } else if (argument == "--programs" && i + 1 < argc) {
      programs = std::atoi(argv[++i]);
    } else if (argument == "--python" && i + 2 < argc) {
      python = argv[++i];
      peer = argv[++i];
    } else if (argument == "--quiet") {
      quiet = true;
    } else {
      files.push_back(argv[i]);
    }
  }
  bool ok = true;
  for (const char* file : files) {
    ok = (python.empty()
              ? replay(file, !quiet)
              : model::agrees_with_python(python, peer, read(file))) &&
         ok;
  }
  if (quiet || !files.empty()) return ok ? 0 : 1;
  std::cout << "seed " << seed << "\n";
  if (!python.empty()) {
    return model::agrees_with_python(python, peer, programs, seed) ? 0 : 1;
  }
  ok = check("loops", {.tasks = false}, programs / 4, seed) && ok;
  ok = check("tasks", {}, programs, seed) && ok;
  ok = check("circles", {.circles = true}, programs / 4, seed) && ok;
  ok = check("kill", {.kill = true}, programs / 10, seed) && ok;
  return ok ? 0 : 1;
}
