#include "common/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "common/output.hpp"

namespace common {

namespace po = boost::program_options;

namespace {

// The program's name, without folders, for messages.
std::string program_name(const char* argv0) {
  const std::string path = argv0 ? argv0 : "program";
  return path.substr(path.find_last_of('/') + 1);
}

bool flushed(const std::string& program) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  write_error(
      fmt::format("{}: standard output: {}\n", program, std::strerror(errno)));
  return false;
}

// The same for the trace, after it has been closed.
bool traced(const std::string& program) {
  const auto error = take_trace_error();
  if (error) write_error(fmt::format("{}: {}\n", program, *error));
  return !error;
}

std::chrono::nanoseconds parse_seconds(const std::string& name,
                                       const std::string& text) {
  // A year and a half is more than a workbook's program needs, and leaves
  // room for sums of nanoseconds.
  constexpr double kMost = 5e7;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value) || value < 0 ||
      value > kMost) {
    throw po::error(fmt::format(
        "the argument ('{}') for option '--{}' is invalid: a number of seconds "
        "is needed, such as 0.1",
        text, name));
  }
  return std::chrono::nanoseconds(std::llround(value * 1e9));
}

// Boost puts the argument into its messages, and then replaces their
// placeholders for as long as there are any: a placeholder in the argument
// would be replaced by itself without end.
void refuse_placeholders(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    for (const char* word : {"%canonical_option%", "%option%",
                             "%original_token%", "%prefix%", "%value%"}) {
      if (argument.find(word) == std::string::npos) continue;
      throw po::error(fmt::format("unrecognised argument '{}'", argument));
    }
  }
}

}  // namespace

struct CommandLine::Options {
  std::string summary;
  po::options_description descriptions{"Options"};
  std::vector<std::function<void(const po::variables_map&)>> readers;
  bool virtual_time = false;
  VirtualClock virtual_clock;
  std::string trace_file;
  std::optional<Trace> trace;  // ends before its clock

  // An option with an argument: read(name, argument) is called by parse().
  template <class Read>
  void add(const std::string& name, const char* argument,
           const std::string& help, Read read) {
    descriptions.add_options()(name.c_str(),
                               po::value<std::string>()->value_name(argument),
                               help.c_str());
    const std::string option = name.substr(0, name.find(','));
    readers.emplace_back([option, read](const po::variables_map& values) {
      if (values.count(option) > 0) {
        read(option, values[option].as<std::string>());
      }
    });
  }
};

CommandLine::CommandLine(std::string summary)
    : options_(std::make_unique<Options>()) {
  options_->summary = std::move(summary);
  options_->descriptions.add_options()("help,h", "show this help and exit");
  flag("virtual-time", options_->virtual_time,
       "do not wait: let a virtual clock jump");
  options_->add("trace", "FILE", "write what happens into a trace file",
                [this](const std::string&, const std::string& file) {
                  options_->trace_file = file;
                });
}

CommandLine::~CommandLine() = default;

void CommandLine::flag(const std::string& name, bool& value,
                       const std::string& help) {
  options_->descriptions.add_options()(
      name.c_str(), po::bool_switch(&value)->default_value(value),
      help.c_str());
}

void CommandLine::seconds(const std::string& name,
                          std::chrono::nanoseconds& value,
                          const std::string& help) {
  options_->add(name, "SECONDS",
                fmt::format("{} (default {})", help, to_seconds(value)),
                [&value](const std::string& option, const std::string& text) {
                  value = parse_seconds(option, text);
                });
}

void CommandLine::choice(const std::string& name, std::string& value,
                         const std::vector<std::string>& words,
                         const std::string& help) {
  options_->add(
      name, "WORD",
      fmt::format("{}: {} (default {})", help, fmt::join(words, ", "), value),
      [words, &value](const std::string& option, const std::string& text) {
        if (std::find(words.begin(), words.end(), text) == words.end()) {
          throw po::error(
              fmt::format("the argument ('{}') for option '--{}' is invalid: "
                          "it must be one of {}",
                          text, option, fmt::join(words, ", ")));
        }
        value = text;
      });
}

void CommandLine::parse(int argc, const char* const* argv) {
  const std::string name = program_name(argc > 0 ? argv[0] : nullptr);
  std::ostringstream usage;
  usage << "Usage: " << name << " [options]\n" << options_->descriptions;
  try {
    refuse_placeholders(argc, argv);
    // A part of an option's name is a typing error, not an option.
    constexpr int kStyle = po::command_line_style::default_style &
                           ~po::command_line_style::allow_guessing;
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv)
                  .options(options_->descriptions)
                  .positional({})
                  .style(kStyle)
                  .run(),
              values);
    if (values.count("help") > 0) {
      const NoSigpipe guard;
      fmt::print("{}\n\n{}", options_->summary, usage.str());
      std::exit(flushed(name) ? 0 : 1);
    }
    po::notify(values);
    for (const auto& read : options_->readers) read(values);
    // This comes last, so that a mistake in another option creates no file.
    if (values.count("trace") > 0) {
      options_->trace.emplace(options_->trace_file, clock(), name);
    }
  } catch (const po::error& error) {
    write_error(fmt::format("{}: {}\n{}", name, error.what(), usage.str()));
    std::exit(2);
  }
}

Clock& CommandLine::clock() {
  if (options_->virtual_time) return options_->virtual_clock;
  return system_clock();
}

Trace* CommandLine::trace() {
  return options_->trace ? &*options_->trace : nullptr;
}

int run_program(int (*program)(int argc, char** argv), int argc, char** argv) {
  const std::string name = program_name(argc > 0 ? argv[0] : nullptr);
  // Writing to a closed pipe is an error to report, not a reason to vanish.
  std::signal(SIGPIPE, SIG_IGN);
  // Flush each line, also into a file or a pipe: so output and error messages
  // appear in the order in which they were written, as on a terminal.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  try {
    const int status = program(argc, argv);
    const bool is_flushed = flushed(name);
    return traced(name) && is_flushed ? status : 1;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
  } catch (...) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s: an exception that is not a std::exception\n",
                 name.c_str());
  }
  traced(name);
  return 1;
}

}  // namespace common
