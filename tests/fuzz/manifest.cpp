// Manifests of exercises: the text of an .ini file.
#include <algorithm>
#include <charconv>

#include "tests/fuzz/fuzz.hpp"
#include "tests/grader/judge/manifest.hpp"

namespace {

using fuzz::require;

constexpr std::string_view kFile = "some/where/stop_watch.ini";

std::string printed(const grader::Manifest& manifest) {
  std::string text;
  const auto put = [&](std::string_view key, const std::string& value) {
    text.append(key).append(" = ").append(value).append("\n");
  };
  put("chapter", manifest.chapter);
  put("title", manifest.title);
  put("order", std::to_string(manifest.order));
  put("minutes", std::to_string(manifest.minutes));
  put("points", std::to_string(manifest.points));
  put("heading", manifest.heading);
  put("hint1", manifest.hints[0]);
  put("hint2", manifest.hints[1]);
  put("hint3", manifest.hints[2]);
  if (!manifest.with.empty()) put("with", manifest.with);
  for (const grader::CaseInfo& info : manifest.cases) {
    text += "[" + info.name + "]\n";
    put("title", info.title);
    put("points", std::to_string(info.points));
    put("why", info.why);
  }
  return text;
}

void check_accepted(const grader::Manifest& manifest) {
  int points = 0;
  for (const grader::CaseInfo& info : manifest.cases) points += info.points;
  require(points == manifest.points && points > 0, "points add up");
  require(manifest.id == "stop_watch", "the file names it", manifest.id);
  require(manifest.chapter_number() > 0, "a chapter", manifest.chapter);
  const std::string text = printed(manifest);
  const grader::Manifest again =
      grader::parse_manifest(text, std::string(kFile));
  require(printed(again) == text, "printed and read, it is the same", text);
}

// "some/where/stop_watch.ini:LINE: ...", with a line that exists.
void check_refusal(std::string_view what, std::string_view text) {
  const std::string start = std::string(kFile) + ":";
  require(what.starts_with(start), "a refusal names the file", what);
  const std::string_view rest = what.substr(start.size());
  long long line = 0;
  const auto end =
      std::from_chars(rest.data(), rest.data() + rest.size(), line).ptr;
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  require(line >= 1 && line <= lines &&
              std::string_view(end, static_cast<std::size_t>(rest.data() +
                                                             rest.size() - end))
                  .starts_with(": "),
          "a refusal names the line", what);
  require(what.find("expected: ") != std::string_view::npos,
          "a refusal says what is expected", what);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::as_text(data, size));
  // A message is a C string: after a byte 0 there would be nothing to check.
  if (text.find('\0') != std::string::npos) return -1;
  try {
    check_accepted(grader::parse_manifest(text, std::string(kFile)));
  } catch (const grader::ManifestError& error) {
    check_refusal(error.what(), text);
  }
  return 0;
}
