// step: the commands about one step of a climb. ./workbook calls it, instead of
// the program "grader", because it is built in seconds.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/step.hpp"

namespace {

using namespace grader;

int check(const Context& context, const Words& all_words) {
  Words words = all_words;
  // They mean nothing here, and are no mistake either.
  std::erase(words, "--fast");
  std::erase(words, "--all");
  if (words.size() != 1) throw UsageError("check: one step");
  const Bundle bundle = context.read(words[0]);
  const InterruptScope interrupts;
  return check_one_step(bundle, bundle.find(words[0]), terminal_style());
}

struct Command {
  std::string_view name;
  int (*run)(const Context&, const Words&);
};
constexpr std::array kCommands = {
    Command{"check", check},       Command{"hint", hint},
    Command{"reset", reset},       Command{"run", run_one_step},
    Command{"solution", solution},
};

int run(int argc, char** argv) {
  Words words(argv + 1, argv + argc);
  if (words.size() >= 3 && words[0] == "--setup") {
    Context context;
    const std::string setup = words[1];
    context.read = [setup](const std::string& only) {
      Bundle bundle;
      read_steps(setup, bundle, only);
      return bundle;
    };
    for (const Command& command : kCommands) {
      if (command.name != words[2]) continue;
      words.erase(words.begin(), words.begin() + 3);
      return command.run(context, words);
    }
  }
  throw UsageError("--setup FILE check|hint|reset|run|solution STEP");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (std::fflush(stdout) == 0) return status;
    std::perror("step: standard output");
  } catch (const UsageError& error) {
    std::fprintf(stderr, "step: %s\n", error.what());
    return kUsage;
  } catch (const UnknownExercise& error) {
    std::fprintf(stderr, "step: %s\n", error.what());
    return kUsage;
  } catch (const Interrupted&) {
    return kInterrupted;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "step: %s\n", error.what());
  }
  return kBroken;
}
