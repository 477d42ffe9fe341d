// Transcripts: EXPECTED, "---" on a line, GOT. The first line of EXPECTED is
// also tried as a command.
#include "tests/grader/judge/transcript.hpp"

#include <stdexcept>

#include "tests/fuzz/fuzz.hpp"

namespace {

using fuzz::require;

std::string in_quotes(const std::string& word) {
  std::string result = "'";
  for (const char c : word) {
    result += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return result + "'";
}

void check_command(std::string_view line) {
  grader::Command command;
  try {
    command = grader::parse_command(line);
  } catch (const std::invalid_argument& error) {
    require(error.what()[0] != '\0', "a refusal says why", line);
    return;
  }
  require(!command.program.empty() ||
              line.find_first_of("'\"") != std::string_view::npos,
          "a command has a program", line);
  require(command.program.find('/') == std::string::npos,
          "a program has no folder", line);
  std::string again = "$ ";
  for (const auto& [name, value] : command.environment) {
    again += name + "=" + in_quotes(value) + " ";
  }
  again += in_quotes(command.program);
  for (const std::string& word : command.arguments) {
    again += " " + in_quotes(word);
  }
  const grader::Command twin = grader::parse_command(again);
  require(twin.environment == command.environment &&
              twin.program == command.program &&
              twin.arguments == command.arguments,
          "quoted and read, it is the same", again);
}

void check_diff(std::string_view expected, std::string_view got) {
  require(grader::diff(expected, expected).empty(), "a text equals itself",
          expected);
  const std::string difference = grader::diff(expected, got);
  require(fuzz::harmless(difference), "a difference is printable", difference);
  require(difference.empty() == grader::diff(got, expected).empty(),
          "a difference has two sides", difference);
  const std::string once = grader::normalise(expected);
  require(grader::normalise(once) == once, "normal is normal", once);
  // On a real clock more is accepted, and never less.
  const grader::RealClock clock{std::chrono::seconds(10)};
  if (difference.empty()) {
    require(grader::diff(expected, got, clock).empty() ||
                expected.find("took") != std::string_view::npos,
            "the same is the same by any clock", expected);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view got = fuzz::as_text(data, size);
  const std::string_view expected = fuzz::take_until(got, "\n---\n");
  check_command(expected.substr(0, expected.find('\n')));
  check_diff(expected, got);
  return 0;
}
