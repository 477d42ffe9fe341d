#include "tests/grader/commands/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <optional>
#include <sstream>
#include <string_view>

#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/transcript.hpp"

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

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
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

std::string as_line(const std::string& id, const Remembered& remembered) {
  return fmt::format("{} points={} passed={} hints={}", id, remembered.points,
                     remembered.passed ? "yes" : "no", remembered.hints);
}

struct Sum {
  int done = 0;
  int exercises = 0;
  int points = 0;
  int of = 0;
};

// The sum for a chapter; for all of them, if `chapter` is empty.
Sum sum_of(const Bundle& bundle, const Progress& progress,
           const std::string& chapter) {
  Sum sum;
  for (const Exercise& exercise : bundle.exercises) {
    if (!chapter.empty() && exercise.manifest.chapter != chapter) continue;
    const Remembered remembered = progress.of(exercise.id());
    ++sum.exercises;
    if (remembered.passed) ++sum.done;
    sum.points += points_of(exercise, remembered);
    sum.of += exercise.manifest.points;
  }
  return sum;
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
    bool good = (words >> id) && is_id(id);
    for (std::string word; good && words >> word;) {
      good = take(word, line.remembered);
    }
    if (good) {
      line.id = id;
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

Remembered Progress::of(const std::string& id) const {
  Remembered result;
  // There may be two lines, in a file that was merged from two files.
  for (const Line& line : lines_) {
    if (line.id != id) continue;
    result.points = std::max(result.points, line.remembered.points);
    result.hints = std::max(result.hints, line.remembered.hints);
    result.passed = result.passed || line.remembered.passed;
  }
  return result;
}

void Progress::set(const std::string& id, const Remembered& remembered) {
  const auto found =
      std::find_if(lines_.begin(), lines_.end(),
                   [&](const Line& line) { return line.id == id; });
  if (found != lines_.end()) {
    found->remembered = remembered;
  } else {
    lines_.push_back({id, "", remembered});
  }
}

void Progress::write() const {
  std::string text;
  const bool fresh =
      lines_.empty() || lines_[0].text.empty() || lines_[0].text[0] != '#';
  if (fresh) text += kHeader;
  for (const Line& line : lines_) {
    text += line.id.empty() ? line.text : as_line(line.id, line.remembered);
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

void remember(const Bundle& bundle, const Judged& judged) noexcept {
  try {
    if (judged.untouched) return;
    Progress progress = read_progress(bundle);
    const std::string& id = judged.exercise->id();
    Remembered remembered = progress.of(id);
    remembered.points = std::max(remembered.points, judged.points());
    remembered.passed = remembered.passed || judged.passed();
    progress.set(id, remembered);
    progress.write();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "grader: your progress was not saved: %s\n",
                 error.what());
  }
}

int points_of(const Exercise& exercise, const Remembered& remembered) {
  const int all = exercise.manifest.points;
  return remembered.passed ? all : std::min(remembered.points, all);
}

const Exercise* next_exercise(const Bundle& bundle, const Progress& progress) {
  const Exercise* first = nullptr;
  for (const Exercise& exercise : bundle.exercises) {
    if (progress.of(exercise.id()).passed) continue;
    if (!is_untouched(bundle, exercise)) return &exercise;
    if (!first) first = &exercise;
  }
  return first;
}

std::string next_text(const Exercise& exercise) {
  return fmt::format("next  {}: {}, about {} minutes\n      {}:{}\n",
                     exercise.id(), exercise.manifest.title,
                     exercise.manifest.minutes, exercise.learner,
                     todo_line(exercise));
}

std::string total_text(const Bundle& bundle, const Progress& progress,
                       bool terminal) {
  const Sum sum = sum_of(bundle, progress, "");
  constexpr std::size_t kWidth = 20;
  return fmt::format("{}{}, {} of {} exercise{}\n",
                     terminal ? bar(static_cast<std::size_t>(sum.points),
                                    static_cast<std::size_t>(sum.of), kWidth) +
                                    " "
                              : "",
                     points_text(sum.points, sum.of), sum.done, sum.exercises,
                     sum.exercises == 1 ? "" : "s");
}

std::string progress_text(const Bundle& bundle, const Progress& progress,
                          const Style& style, bool terminal) {
  std::string text =
      style.bold(fmt::format("  {:<22}{:>8}{:>12}   {}", "chapter", "done",
                             "points", "next")) +
      "\n";
  std::string chapter;
  for (const Exercise& exercise : bundle.exercises) {
    const std::string& its = exercise.manifest.chapter;
    if (its == chapter) continue;
    chapter = its;
    const Sum sum = sum_of(bundle, progress, chapter);
    const auto open = std::find_if(
        bundle.exercises.begin(), bundle.exercises.end(),
        [&](const Exercise& one) {
          return one.manifest.chapter == its && !progress.of(one.id()).passed;
        });
    const bool done = open == bundle.exercises.end();
    const std::string line = fmt::format(
        "  {:<22}{:>8}{:>12}   {}",
        fmt::format("{}  {}", its.substr(0, 2), its.substr(3)),
        fmt::format("{} of {}", sum.done, sum.exercises),
        fmt::format("{} of {}", sum.points, sum.of), done ? "-" : open->id());
    text += (done ? style.good(line) : line) + "\n";
  }
  text += "\n" + total_text(bundle, progress, terminal);
  const Exercise* const next = next_exercise(bundle, progress);
  return text + (next ? next_text(*next) : "All done.\n");
}

int progress(const Context& context, const Words& words) {
  if (!words.empty()) throw UsageError("progress: it takes no argument");
  const Bundle bundle = read_bundle(context.bundle);
  if (bundle.exercises.empty()) throw GraderError("there are no exercises yet");
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  fmt::print("{}", progress_text(bundle, read_progress(bundle),
                                 terminal_style(), terminal));
  return kOk;
}

}  // namespace grader
