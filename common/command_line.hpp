// The command line that all chapter programs share.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/trace/trace.hpp"

namespace common {

// Describe the options, parse once, then read them:
//
//   common::CommandLine command_line("What the program does.");
//   bool verbose = false;
//   command_line.flag("verbose,v", verbose, "show more");
//   command_line.parse(argc, argv);
//
// Every program has --help, --virtual-time and --trace without asking for them.
class CommandLine {
 public:
  explicit CommandLine(std::string summary);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // "name,n": --name and -n. The variable keeps its value if the command line
  // does not have the option. parse() writes it, so it must live until then.
  void flag(const std::string& name, bool& value, const std::string& help);
  // A number of seconds, 0 or more: "0.1".
  void seconds(const std::string& name, std::chrono::nanoseconds& value,
               const std::string& help);
  // One of the given words.
  void choice(const std::string& name, std::string& value,
              const std::vector<std::string>& words, const std::string& help);

  // Ends the program for --help (status 0), and for arguments that it does not
  // understand: one line and the usage on standard error, status 2.  Throws
  // std::system_error if the trace's file cannot be written.
  void parse(int argc, const char* const* argv);

  // The virtual clock with --virtual-time, else the machine's.
  Clock& clock();
  // The file of --trace, or nullptr. It is closed with the command line.
  Trace* trace();

 private:
  struct Options;
  std::unique_ptr<Options> options_;
};

// Runs a program's main with the manners of a command-line citizen: an
// exception becomes one line on standard error and status 1, and so does
// output, or a trace, that could not be written, as in "program | head -1".
int run_program(int (*program)(int argc, char** argv), int argc, char** argv);

}  // namespace common
