// grader: judges exercises. ./workbook calls it.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/manifest.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/step.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace {

struct Command {
  std::string_view name;
  int (*run)(const grader::Context&, const grader::Words&);
};

constexpr std::array kCommands = {
    Command{"check", grader::check},   Command{"export", grader::export_files},
    Command{"grade", grader::grade},   Command{"hint", grader::hint},
    Command{"new", grader::new_files}, Command{"progress", grader::progress},
    Command{"reset", grader::reset},   Command{"solution", grader::solution},
    Command{"watch", grader::watch},   Command{"with", grader::with},
};

// The lines about a command in ./workbook's table, tests/tools/usage.txt. A
// command that only ./workbook calls ("with") has none.
std::string usage(std::string_view command) {
  std::string text;
  bool mine = false;
  for (const std::string& line :
       grader::split_lines(grader::read_file(WORKBOOK_USAGE))) {
    if (line.empty() || (line.size() > 2 && line[2] != ' ')) {
      mine = line.starts_with(fmt::format("  {} ", command));
    }
    if (mine) text += line + "\n";
  }
  return text;
}

std::string usage() {
  std::string text = "Usage: grader --bundle FILE COMMAND [ARGUMENT...]\n\n";
  for (const Command& command : kCommands) text += usage(command.name);
  return text;
}

int usage_error(const std::string& why, const std::string& usage) {
  fmt::print(stderr, "grader: {}\n{}", why, usage);
  return grader::kUsage;
}

int run(int argc, char** argv) {
  grader::Words words(argv + 1, argv + argc);
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
    fmt::print("{}", usage());
    return grader::kOk;
  }
  grader::Context context;
  if (words.size() < 3 || words[0] != "--bundle") {
    return usage_error("a bundle and a command are needed", usage());
  }
  context.bundle = words[1];
  context.read = [&context](const std::string& only) {
    grader::Bundle bundle = grader::read_bundle(context.bundle, only);
    const auto setup = bundle.step_tools.setup;
    if (!setup.empty()) grader::read_steps(setup, bundle, only);
    return bundle;
  };
  const std::string name = words[2];
  words.erase(words.begin(), words.begin() + 3);
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    try {
      return command.run(context, words);
    } catch (const grader::UsageError& error) {
      return usage_error(error.what(), usage(name));
    }
  }
  return usage_error(fmt::format("there is no command '{}'", name), usage());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (std::fflush(stdout) == 0) return status;
    std::perror("grader: standard output");
  } catch (const grader::UnknownExercise& error) {
    std::fprintf(stderr, "grader: %s\n", error.what());
    return grader::kUsage;
  } catch (const grader::Interrupted&) {
    return grader::kInterrupted;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "grader: %s\n", error.what());
  }
  return grader::kBroken;
}
