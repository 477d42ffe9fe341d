#include "tests/grader/commands/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>

#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader =
    "# What ./workbook remembers of your exercises: the most points so far,\n"
    "# whether all was right once, and how many hints you have seen.\n";

std::optional<int> number(std::string_view text) {
  int value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end || value < 0) return {};
  return value;
}

bool is_key(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/';  // of a step: event_loop/timers
  });
}

// Reads "points=3" or the like; false if the word is none of these.
bool take(std::string_view word, Remembered& remembered) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (key == "passed") {
    remembered.passed = value == "yes";
    return value == "yes" || value == "no";
  }
  const std::optional<int> count = number(value);
  if (!count) return false;
  if (key == "points") {
    remembered.points = *count;
  } else if (key == "hints") {
    remembered.hints = *count;
  } else {
    return false;
  }
  return true;
}

std::string as_line(const std::string& key, const Remembered& remembered) {
  return fmt::format("{} points={} passed={} hints={}", key, remembered.points,
                     remembered.passed ? "yes" : "no", remembered.hints);
}

}  // namespace

Progress Progress::read(const fs::path& file) {
  Progress progress;
  progress.file_ = file;
  if (!fs::exists(file)) return progress;
  int line_number = 0;
  for (const std::string& text : split_lines(read_file(file))) {
    ++line_number;
    Line line{"", text, {}};
    std::istringstream words(text);
    std::string id;
    bool good = (words >> id) && is_key(id);
    for (std::string word; good && words >> word;) {
      good = take(word, line.remembered);
    }
    if (good) {
      line.key = id;
    } else if (!id.empty() && id[0] != '#') {
      progress.complaints_.push_back(fmt::format(
          "{}:{}: expected: ID points=3 passed=yes hints=1; not '{}' (it is "
          "kept, and not used)",
          file.string(), line_number, readable(text)));
    }
    progress.lines_.push_back(std::move(line));
  }
  return progress;
}

Remembered Progress::of(const std::string& key) const {
  Remembered result;
  // There may be two lines, in a file that was merged from two files.
  for (const Line& line : lines_) {
    if (line.key != key) continue;
    result.points = std::max(result.points, line.remembered.points);
    result.hints = std::max(result.hints, line.remembered.hints);
    result.passed = result.passed || line.remembered.passed;
  }
  return result;
}

void Progress::set(const std::string& key, const Remembered& remembered) {
  const auto found =
      std::find_if(lines_.begin(), lines_.end(),
                   [&](const Line& line) { return line.key == key; });
  if (found != lines_.end()) {
    found->remembered = remembered;
  } else {
    lines_.push_back({key, "", remembered});
  }
}

void Progress::write() const {
  std::string text;
  const bool fresh =
      lines_.empty() || lines_[0].text.empty() || lines_[0].text[0] != '#';
  if (fresh) text += kHeader;
  for (const Line& line : lines_) {
    text += line.key.empty() ? line.text : as_line(line.key, line.remembered);
    text += "\n";
  }
  fs::create_directories(file_.parent_path());
  write_whole(file_, text);
}

fs::path progress_file(const Bundle& bundle) {
  return bundle.root / ".workbook" / "progress.txt";
}

Progress read_progress(const Bundle& bundle) {
  Progress progress = Progress::read(progress_file(bundle));
  for (const std::string& complaint : progress.complaints()) {
    fmt::print(stderr, "grader: {}\n", complaint);
  }
  return progress;
}

namespace {

void record(const Bundle& bundle, const Exercise& exercise, int points,
            bool passed) noexcept {
  try {
    Progress progress = read_progress(bundle);
    Remembered remembered = progress.of(exercise.key());
    remembered.points = std::max(remembered.points, points);
    remembered.passed = remembered.passed || passed;
    progress.set(exercise.key(), remembered);
    progress.write();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "grader: your progress was not saved: %s\n",
                 error.what());
  }
}

}  // namespace

void remember(const Bundle& bundle, const Judged& judged) noexcept {
  if (judged.untouched) return;
  record(bundle, *judged.exercise, judged.points(), judged.passed());
}

void remember(const Bundle& bundle, const StepVerdict& verdict) noexcept {
  if (verdict.untouched && !verdict.step->manifest.given) return;
  record(bundle, *verdict.step, 0, verdict.passed());
}

}  // namespace grader
