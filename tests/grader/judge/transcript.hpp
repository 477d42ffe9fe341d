// Transcripts: a command that a reader types, and the terminal's answer.
//
// A file holds the command on its first line and the output below it:
//
//   $ ASYNCIO_DEBUG=1 05_set_debug --help
//   ... standard output and standard error, as they came
//   (exit status 2)
//
// Beside CASE.txt there may be CASE.trace.json, which the same command writes
// with --trace, while the terminal shows the same.
//
// The line about the status is there only if that is not 0. A last line "..."
// says that more follows, which is not compared.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

struct Command {
  Environment environment;
  std::string program;
  std::vector<std::string> arguments;
};

struct Transcript {
  std::string first_line;
  Command command;
  std::string output;
};

// "$ NAME=value program argument 'one argument'". No shell runs it: a line that
// would need one is refused. Throws std::invalid_argument.
Command parse_command(std::string_view line);

// Throws std::system_error if the file cannot be read, and
// std::invalid_argument if its first line is no command. All exceptions from
// here on name the file.
Transcript read_transcript(const std::filesystem::path& file);

// The text without the parts that differ between machines or compilers: the
// platform's selector, addresses, process numbers, and the line after "defined
// at" or of a coroutine that has not started (compilers choose different lines
// for it). A comparison does this to both sides; nothing else may differ.
std::string normalise(std::string_view text);

// The numbers in "took 0.100 seconds" come from a real clock.
struct RealClock {
  std::chrono::nanoseconds elapsed;  // in the whole run: no report has more
  std::chrono::nanoseconds slack = std::chrono::seconds(1);
};

// The lines that differ, with two equal ones around them and line numbers as in
// the transcript file; empty if the outputs are the same.
std::string diff(std::string_view expected, std::string_view got);
// A number may be larger than expected, and there may be more reports: on a
// busy machine any step may be a slow one.
std::string diff(std::string_view expected, std::string_view got,
                 const RealClock& clock);

struct Settings {
  std::filesystem::path programs;  // the directory they are in
  bool virtual_time = true;        // adds --virtual-time to the command
  bool real_clock = false;         // then "took" may be a little more
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
};

// Runs the command of the file, and once more if there is a trace beside it.
// Empty if the output and the trace are as in the files, else a report of the
// differences. Throws std::exception if the file or the program cannot be used.
std::string compare(const std::filesystem::path& file,
                    const Settings& settings);

enum class Refreshed { same, ignored_parts, changed };

// Runs the command of the file, writes its output below the first line, and
// writes the trace if there is one already. The result is the greater change.
// If the program had to be stopped, throws and changes nothing.
Refreshed refresh(const std::filesystem::path& file, const Settings& settings);

}  // namespace grader
