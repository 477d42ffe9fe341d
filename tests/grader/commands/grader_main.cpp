// grader: judges exercises. ./workbook calls it.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/manifest.hpp"
#include "tests/grader/judge/process.hpp"

namespace {

struct Command {
  std::string_view name;
  int (*run)(const grader::Context&, const grader::Words&);
  std::string_view arguments;
  std::string_view help;
};

constexpr std::array kCommands = {
    Command{"check", grader::check, "[ID|CHAPTER]",
            "judge an exercise, a chapter's, or all that you have begun"},
    Command{"hint", grader::hint, "ID", "a hint, and a further one each time"},
    Command{"progress", grader::progress, "",
            "points so far, and what is next"},
    Command{"solution", grader::solution, "ID [--anyway]",
            "ours, when you have passed, or anyway"},
    Command{"watch", grader::watch, "[--poll] [ID|CHAPTER]",
            "judge an exercise whenever its file is saved"},
    Command{"reset", grader::reset, "ID",
            "the file as it came; yours is saved beside it"},
    Command{"with", grader::with, "ID PROGRAM",
            "link a chapter's program with your piece; print its path"},
    Command{"grade", grader::grade, "one|class ...",
            "grade a student's folder, or a class's; --help tells more"},
    Command{"export", grader::export_files, "DIR --out DIR",
            "a class's files as MOSS and JPlag take them"},
};

std::string usage(const Command& command) {
  return fmt::format("  {:<28} {}\n",
                     fmt::format("{} {}", command.name, command.arguments),
                     command.help);
}

std::string usage() {
  std::string text = "Usage: grader --bundle FILE COMMAND [ARGUMENT...]\n\n";
  for (const Command& command : kCommands) text += usage(command);
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
  const std::string name = words[2];
  words.erase(words.begin(), words.begin() + 3);
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    try {
      return command.run(context, words);
    } catch (const grader::UsageError& error) {
      return usage_error(error.what(), usage(command));
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
