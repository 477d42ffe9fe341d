// transcript: compares programs with their transcripts, or rewrites these.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/grader/commands/options.hpp"
#include "tests/grader/judge/transcript.hpp"
#include "tests/grader/judge/unwritten.hpp"

namespace {

namespace po = boost::program_options;

struct Arguments {
  grader::Settings settings;
  bool refresh = false;
  std::string refresh_command;
  std::vector<std::string> files;
};

// The arguments; or, if `done`, the status to end with.
struct Parsed {
  Arguments arguments;
  bool done = false;
  int status = 0;
};

Parsed parse(int argc, char** argv) {
  Parsed parsed;
  Arguments& arguments = parsed.arguments;
  std::string programs;
  double timeout = 30;
  bool as_is = false;
  po::options_description shown("Options");
  shown.add_options()("help,h", "show this help and exit")(
      "programs", po::value(&programs)->value_name("DIR")->required(),
      "where the programs are")(
      "real-clock", po::bool_switch(&arguments.settings.real_clock),
      "run without --virtual-time; \"took\" may be a little more")(
      "as-is", po::bool_switch(&as_is), "run the command without additions")(
      "timeout", po::value(&timeout)->value_name("SECONDS")->default_value(30),
      "then a program is stopped")(
      "refresh", po::bool_switch(&arguments.refresh),
      "write what the programs print into the files")(
      "refresh-command",
      po::value(&arguments.refresh_command)->value_name("TEXT"),
      "what to name as the way to refresh");
  po::options_description all;
  all.add(shown).add_options()("file", po::value(&arguments.files)->required());
  std::ostringstream usage;
  usage << "Usage: transcript --programs DIR [options] FILE...\n" << shown;
  try {
    const auto values =
        grader::parse_options({argv + 1, argv + argc}, all, "file");
    if (values.count("help") > 0) {
      fmt::print(
          "Runs the command on the first line of each file, and compares "
          "what it prints.\n\n{}",
          usage.str());
      parsed.done = true;
      return parsed;
    }
    if (!(timeout > 0) || timeout > 86400) {
      throw po::error("--timeout: a number of seconds above 0 is needed");
    }
    if (arguments.refresh && arguments.settings.real_clock) {
      throw po::error("--refresh goes with the virtual clock only");
    }
  } catch (const po::error& error) {
    fmt::print(stderr, "transcript: {}\n{}", error.what(), usage.str());
    parsed.done = true;
    parsed.status = 2;
    return parsed;
  }
  arguments.settings.programs = programs;
  arguments.settings.virtual_time = !as_is && !arguments.settings.real_clock;
  arguments.settings.timeout = std::chrono::milliseconds(
      static_cast<std::chrono::milliseconds::rep>(timeout * 1000));
  return parsed;
}

// True if all is well with this file.
bool compare(const std::string& file, const Arguments& arguments) {
  // The source of a trap is beside its transcript.
  const std::filesystem::path source =
      std::filesystem::path(file).replace_extension(".cpp");
  const std::string unwritten =
      grader::still_to_write(source, source.string()) +
      grader::still_to_write(file, file);
  if (!unwritten.empty()) {
    fmt::print("Still to write:\n{}", unwritten);
    if (!arguments.refresh_command.empty()) {
      fmt::print("And then:  {}\n", arguments.refresh_command);
    }
    return false;
  }
  const std::string report = grader::compare(file, arguments.settings);
  if (report.empty()) {
    fmt::print("same     {}\n", file);
    return true;
  }
  fmt::print("The output is not what the transcript says.\n{}", report);
  if (!arguments.refresh_command.empty()) {
    fmt::print("  If the new output is right:  {}\n",
               arguments.refresh_command);
  }
  return false;
}

void refresh(const std::string& file, const Arguments& arguments) {
  switch (grader::refresh(file, arguments.settings)) {
    case grader::Refreshed::same:
      fmt::print("same     {}\n", file);
      break;
    case grader::Refreshed::ignored_parts:
      fmt::print("updated  {} (only what comparisons ignore)\n", file);
      break;
    case grader::Refreshed::changed:
      fmt::print("changed  {}\n", file);
      break;
  }
}

int work(const Arguments& arguments) {
  int status = 0;
  for (const std::string& file : arguments.files) {
    try {
      if (arguments.refresh) {
        refresh(file, arguments);
      } else if (!compare(file, arguments)) {
        status = 1;
      }
    } catch (const std::exception& error) {
      fmt::print(stderr, "transcript: {}\n", error.what());
      status = 1;
    }
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Parsed parsed = parse(argc, argv);
    const int status = parsed.done ? parsed.status : work(parsed.arguments);
    if (std::fflush(stdout) == 0) return status;
    std::perror("transcript: standard output");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "transcript: %s\n", error.what());
  }
  return 1;
}
