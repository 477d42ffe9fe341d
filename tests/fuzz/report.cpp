// Reports of submissions: the lines that a probe writes, or that a program of
// the submission forges, and its output.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/fuzz/submission.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace {

using fuzz::check_told;
using fuzz::is_utf8;
using fuzz::require;
using grader::Line;

// The reason of a step comes before it, and stays until another one comes.
std::string printed(const std::vector<Line>& lines) {
  std::string text;
  std::string why;
  for (const Line& line : lines) {
    if (line.why != why) {
      why = line.why;
      text += "why\t" + why + "\n";
    }
    switch (line.kind) {
      case Line::Kind::step:
        text += "step\t" + line.what;
        break;
      case Line::Kind::see:
        text += "see\t" + line.what + "\t" + line.value;
        break;
      case Line::Kind::end:
        text += "end";
        break;
      case Line::Kind::other:
        text += line.what;
        break;
    }
    text += "\n";
  }
  return text;
}

void check_clean(std::string_view raw) {
  const std::string escaped = grader::escaped(raw);
  require(fuzz::harmless(escaped) && escaped.find('\n') == std::string::npos,
          "one line without control bytes", escaped);
  require(is_utf8(escaped), "UTF-8", escaped);
  const std::string readable = grader::readable(raw);
  require(fuzz::harmless(readable) && readable.find('\n') == std::string::npos,
          "one line to read without control bytes", readable);
  require(is_utf8(readable), "UTF-8 to read", readable);
  require(grader::readable(readable) == readable, "what is clean stays",
          readable);
  const std::size_t half = grader::columns(readable) / 2;
  require(grader::columns(grader::first_columns(readable, half)) == half,
          "the first columns", readable);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::as_text(data, size));
  check_clean(text);

  std::vector<Line> lines = grader::parse_report(text);
  const std::vector<std::string> texts = grader::split_lines(text);
  const auto reasons = std::count_if(
      texts.begin(), texts.end(),
      [](const std::string& one) { return one.rfind("why\t", 0) == 0; });
  require(lines.size() + static_cast<std::size_t>(reasons) == texts.size(),
          "a line a line, reasons beside them", text);
  require(grader::parse_report(printed(lines)) == lines,
          "printed and read, it is the same", text);

  const grader::Exercise exercise = fuzz::make_exercise();
  grader::CaseRun expected;
  expected.lines = {{Line::Kind::step, "a limit of 100 ms", ""},
                    {Line::Kind::see, "is it slow", "yes"},
                    {Line::Kind::end, "", ""}};
  grader::CaseRun got;
  got.lines = std::move(lines);
  got.process.out = text;
  const bool same = got.lines == expected.lines;
  const auto verdict = grader::compare_case(exercise.manifest.cases.front(),
                                            expected, std::move(got));
  require(verdict.passed() == same, "only the same report passes", text);
  const grader::Style style;
  if (!same) check_told(grader::story(exercise, verdict, style));
  return 0;
}
