#include "tests/grader/judge/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <regex>
#include <stdexcept>
#include <system_error>

#include "tests/grader/judge/files.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

// The words of a command line; quotes and backslashes as in a shell.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  std::vector<std::string> split() {
    for (; at_ < line_.size(); ++at_) take(line_[at_]);
    if (quote_ != '\0') {
      throw std::invalid_argument(
          fmt::format("a quote ({}) is not closed", quote_));
    }
    finish();
    return std::move(words_);
  }

 private:
  static constexpr std::string_view kNeedsShell = "|&;<>()$`*?[]#~!{}";

  void take(char c) {
    if (quote_ != '\0') {
      take_quoted(c);
    } else if (c == '\'' || c == '"') {
      quote_ = c;
      word_.emplace(word_.value_or(""));
    } else if (c == '\\') {
      take_next();
    } else if (c == ' ' || c == '\t') {
      finish();
    } else if (kNeedsShell.find(c) != std::string_view::npos) {
      throw std::invalid_argument(fmt::format(
          "'{}' would need a shell, and there is none: quote it", c));
    } else {
      add(c);
    }
  }

  void take_quoted(char c) {
    if (c == quote_) {
      quote_ = '\0';
    } else if (quote_ == '"' && c == '\\') {
      take_next();
    } else {
      add(c);
    }
  }

  void take_next() {
    if (++at_ == line_.size()) {
      throw std::invalid_argument("a backslash ends the line");
    }
    add(line_[at_]);
  }

  void add(char c) { word_.emplace(word_.value_or("") + c); }

  void finish() {
    if (word_) words_.push_back(std::move(*word_));
    word_.reset();
  }

  std::string_view line_;
  std::size_t at_ = 0;
  char quote_ = '\0';
  std::optional<std::string> word_;
  std::vector<std::string> words_;
};

// The length of NAME in "NAME=value", or 0.
std::size_t variable_name(std::string_view word) {
  const std::size_t end = word.find_first_not_of(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
  const bool is_variable = end != std::string_view::npos && end > 0 &&
                           word[end] == '=' && (word[0] < '0' || word[0] > '9');
  return is_variable ? end : 0;
}

// The command is line 1 of a transcript, so its output begins with line 2.
std::string diff_lines(const std::vector<std::string>& expected,
                       const std::vector<std::string>& got,
                       std::size_t first_line = 2) {
  std::vector<std::string> expected_keys = expected;
  std::vector<std::string> got_keys = got;
  for (std::string& line : expected_keys) line = normalise(line);
  for (std::string& line : got_keys) line = normalise(line);
  return line_diff(expected, got, expected_keys, got_keys, first_line);
}

// A report of the stopwatch: "... took 0.100 seconds".
struct Took {
  std::string before;
  double seconds;
};

std::optional<Took> parse_took(const std::string& line) {
  constexpr std::string_view kTook = " took ";
  constexpr std::string_view kSeconds = " seconds";
  const std::size_t took = line.rfind(kTook);
  if (took == std::string::npos || !line.ends_with(kSeconds)) return {};
  const std::size_t begin = took + kTook.size();
  const std::string number =
      line.substr(begin, line.size() - kSeconds.size() - begin);
  static const std::regex pattern(R"(\d{1,18}\.\d{1,18})");
  if (!std::regex_match(number, pattern)) return {};
  return Took{normalise(line.substr(0, took)), std::stod(number)};
}

double to_seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// Rules are applied in order, each once. A rule replaces a whole word or number
// with one that no rule matches, and leaves the characters that a match may
// share with the next (the "==" between "==1==2=="). So a text that was changed
// does not change again. All counts have bounds, because the library matches
// regular expressions by recursion.
struct Rule {
  std::regex pattern;
  const char* replacement;
};

std::string replace(std::string text, const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    text = std::regex_replace(text, rule.pattern, rule.replacement);
  }
  return text;
}

// The text without the parts that differ between two runs on one machine.
std::string without_chance(std::string_view text) {
  static const std::vector<Rule> kRules = {
      {std::regex(R"(\b0x[0-9a-fA-F]{1,16}\b)"), "0xADDRESS"},
      {std::regex(R"(==\d{1,10}(?===))"), "==PID"},
  };
  return replace(std::string(text), kRules);
}

// With `trace`, adds --trace, and `trace` receives what the program writes.
Result run_command(const fs::path& file, const Command& command,
                   const Settings& settings, std::string* trace = nullptr) {
  const ScratchDirectory scratch;
  Request request;
  request.program = settings.programs / command.program;
  request.arguments = command.arguments;
  if (settings.virtual_time) request.arguments.emplace_back("--virtual-time");
  const std::string trace_name = "trace.json";
  if (trace) {
    request.arguments.emplace_back("--trace");
    request.arguments.push_back(trace_name);
  }
  request.environment = command.environment;
  request.output = Output::as_terminal;
  request.directory = scratch.path();
  request.timeout = settings.timeout;
  try {
    Result result = run(request);
    if (trace) *trace = read_file(scratch.path() / trace_name);
    return result;
  } catch (const std::system_error& error) {
    throw std::runtime_error(
        fmt::format("{}: {}", file.string(), error.what()));
  }
}

// The trace that belongs to a transcript, if there is one.
std::optional<fs::path> trace_beside(const fs::path& file,
                                     const Settings& settings) {
  fs::path trace = fs::path(file).replace_extension(".trace.json");
  if (!settings.virtual_time || !fs::exists(trace)) return {};
  return trace;
}

// A transcript that ends with this line says nothing about the rest.
constexpr std::string_view kMoreFollows = "...\n";

bool more_follows(std::string_view output) {
  return output == kMoreFollows || output.ends_with("\n...\n");
}

// `got`; but if the `expected` output ends with "...", only as much of it as
// that covers, and "...".
std::string told_part(std::string_view expected, std::string got) {
  if (!more_follows(expected)) return got;
  const auto lines = std::count(expected.begin(), expected.end(), '\n') - 1;
  std::size_t end = 0;
  for (auto line = lines; line > 0 && end < got.size(); --line) {
    end = std::min(got.find('\n', end), got.size() - 1) + 1;
  }
  return got.substr(0, end).append(kMoreFollows);
}

std::string why_stopped(const Result& result, const Settings& settings) {
  if (result.timed_out) {
    return fmt::format("still running after {} seconds, and stopped",
                       to_seconds(settings.timeout));
  }
  if (result.too_much_output) {
    return fmt::format("stopped after {} bytes of output", result.out.size());
  }
  return {};
}

}  // namespace

Command parse_command(std::string_view line) {
  if (line.substr(0, 2) != "$ ") {
    throw std::invalid_argument(
        "the first line must be a command: $ program arguments...");
  }
  Command command;
  std::vector<std::string> words = Words(line.substr(2)).split();
  auto word = words.begin();
  for (; word != words.end(); ++word) {
    const std::size_t name = variable_name(*word);
    if (name == 0) break;
    command.environment.emplace_back(word->substr(0, name),
                                     word->substr(name + 1));
  }
  if (word == words.end()) {
    throw std::invalid_argument("the first line names no program");
  }
  command.program = *word;
  if (command.program.find('/') != std::string::npos) {
    throw std::invalid_argument(fmt::format(
        "the program is named without its folder, not '{}'", command.program));
  }
  command.arguments.assign(std::make_move_iterator(word + 1),
                           std::make_move_iterator(words.end()));
  return command;
}

Transcript read_transcript(const fs::path& file) {
  const std::string text = read_file(file);
  const std::size_t end = std::min(text.find('\n'), text.size());
  Transcript transcript;
  transcript.first_line = text.substr(0, end);
  try {
    transcript.command = parse_command(transcript.first_line);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(
        fmt::format("{}:1: {}", file.string(), error.what()));
  }
  transcript.output = text.substr(std::min(end + 1, text.size()));
  return transcript;
}

std::string normalise(std::string_view text) {
  static const std::vector<Rule> kRules = {
      {std::regex(R"(\b(Epoll|Kqueue)Selector\b)"), "Selector"},
      {std::regex(R"((defined at [^\s:]{1,255}):\d{1,10}\b)"), "$1:LINE"},
      {std::regex(R"((running at [^\s:]{1,255}):\d{1,10} \(not started\))"),
       "$1:LINE (not started)"},
  };
  return replace(without_chance(text), kRules);
}

std::string diff(std::string_view expected, std::string_view got) {
  return diff_lines(split_lines(expected), split_lines(got));
}

std::string diff(std::string_view expected, std::string_view got,
                 const RealClock& clock) {
  // Programs print three decimals.
  constexpr double kRounding = 0.0005;
  std::vector<std::string> expected_lines = split_lines(expected);
  std::vector<std::string> accepted;
  const double longest = to_seconds(clock.elapsed) + kRounding;
  auto next = expected_lines.begin();
  for (std::string& line : split_lines(got)) {
    const auto reported = parse_took(line);
    const auto wanted = next == expected_lines.end() ? std::optional<Took>()
                                                     : parse_took(*next);
    const bool as_wanted =
        reported && wanted && reported->before == wanted->before &&
        reported->seconds >= wanted->seconds &&
        reported->seconds <= wanted->seconds + to_seconds(clock.slack) &&
        reported->seconds <= longest;
    const bool one_more = reported && !as_wanted &&
                          (!wanted || reported->before != wanted->before) &&
                          reported->seconds <= longest;
    if (one_more) continue;
    accepted.push_back(as_wanted ? *next : std::move(line));
    if (next != expected_lines.end()) ++next;
  }
  return diff_lines(expected_lines, accepted);
}

namespace {

std::string compare_trace(const fs::path& file, const fs::path& trace_file,
                          const Settings& settings) {
  const Transcript transcript = read_transcript(file);
  std::string trace;
  const Result result = run_command(file, transcript.command, settings, &trace);
  const std::string command =
      transcript.first_line.substr(2) + " --virtual-time --trace";
  const std::string got = told_part(transcript.output, as_shown(result));
  if (const auto difference = diff(transcript.output, got);
      !difference.empty()) {
    return fmt::format(
        "  command  {}\n  file     {}\n  With --trace it prints other "
        "things.\n{}",
        command, file.string(), difference);
  }
  const auto difference =
      diff_lines(split_lines(read_file(trace_file)), split_lines(trace), 1);
  if (difference.empty()) return {};
  return fmt::format("  command  {}\n  file     {}\n{}", command,
                     trace_file.string(), difference);
}

Refreshed rewrite(const fs::path& file, const std::string& after) {
  const std::string before = read_file(file);
  if (without_chance(after) == without_chance(before)) return Refreshed::same;
  write_file(file, after);
  return normalise(after) == normalise(before) ? Refreshed::ignored_parts
                                               : Refreshed::changed;
}

}  // namespace

std::string compare(const fs::path& file, const Settings& settings) {
  const Transcript transcript = read_transcript(file);
  const Result result = run_command(file, transcript.command, settings);
  const std::string got = told_part(transcript.output, as_shown(result));
  const std::string stopped = why_stopped(result, settings);
  const std::string difference =
      settings.real_clock
          ? diff(transcript.output, got, RealClock{result.elapsed})
          : diff(transcript.output, got);
  if (stopped.empty() && difference.empty()) {
    const auto trace_file = trace_beside(file, settings);
    return trace_file ? compare_trace(file, *trace_file, settings) : "";
  }
  return fmt::format(
      "  command  {}{}\n  file     {}\n{}{}", transcript.first_line.substr(2),
      settings.virtual_time ? " --virtual-time" : "", file.string(),
      stopped.empty() ? "" : "  ended    " + stopped + "\n", difference);
}

Refreshed refresh(const fs::path& file, const Settings& settings) {
  const Transcript transcript = read_transcript(file);
  const Result result = run_command(file, transcript.command, settings);
  const std::string stopped = why_stopped(result, settings);
  if (!stopped.empty()) {
    throw std::runtime_error(
        fmt::format("{}: {}: {}; the file stays as it was", file.string(),
                    transcript.first_line.substr(2), stopped));
  }
  const auto refreshed =
      rewrite(file, transcript.first_line + "\n" +
                        told_part(transcript.output, as_shown(result)));
  const auto trace_file = trace_beside(file, settings);
  if (!trace_file) return refreshed;
  std::string trace;
  const Result traced = run_command(file, transcript.command, settings, &trace);
  if (const auto why = why_stopped(traced, settings); !why.empty()) {
    throw std::runtime_error(
        fmt::format("{}: with --trace {}; the file stays as it was",
                    trace_file->string(), why));
  }
  return std::max(refreshed, rewrite(*trace_file, trace));
}

}  // namespace grader
