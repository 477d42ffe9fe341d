#include "tests/grader/judge/prove_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/sanitizers.hpp"
#include "tests/grader/judge/shown.hpp"
#include "tests/grader/judge/step.hpp"
#include "tests/grader/judge/unwritten.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLines = 70;
constexpr std::size_t kMostColumns = 80;
constexpr std::size_t kMostGone = 4;

// "// #region name", for the book.
bool is_mark(std::string_view line) {
  return line.find("// #region ") != std::string_view::npos ||
         line.find("// #endregion ") != std::string_view::npos;
}

// The lines of a file's classes, without comments: what a step hands on to the
// next. A class begins at the left edge and ends with "};" there.
std::vector<std::string> class_lines(const std::string& text) {
  std::vector<std::string> result;
  bool inside = false;
  for (const std::string& line : split_lines(text)) {
    if (line.starts_with("class ") || line.starts_with("struct ") ||
        line.starts_with("template ")) {
      inside = !line.ends_with(";");
    }
    std::string code = line.substr(0, line.find("//"));
    code.erase(code.begin(),
               std::find_if(code.begin(), code.end(),
                            [](unsigned char c) { return !std::isspace(c); }));
    code.erase(code.find_last_not_of(' ') + 1);
    if (inside && !code.empty()) result.push_back(code);
    if (line.starts_with("};")) inside = false;
  }
  return result;
}

class StepProof {
 public:
  StepProof(const Bundle& bundle, const Exercise& step, bool refresh)
      : bundle_(bundle), step_(step), refresh_(refresh) {}

  bool run() {
    if (!check_written()) return false;
    compare_or_write(step_.transcript, "solution");
    const fs::path failing = step_.starter.parent_path() / "starter.txt";
    if (fs::exists(failing)) compare_or_write(failing, "starter");
    if (refresh_) return good_;
    check_watched();
    if (!given()) {
      check_starter();
      check_continued();
    }
    return good_;
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::print("{}: {}\n", step_.id(),
               fmt::format(format, std::forward<Args>(args)...));
    good_ = false;
  }

  bool given() const { return step_.manifest.given; }
  std::string shown(const fs::path& file) const {
    return file.lexically_proximate(bundle_.root).string();
  }
  Result result_of(const std::string& program) const {
    return run_step(program_of(bundle_, step_, program));
  }

  bool check_written() {
    std::vector<fs::path> files = {step_.starter};
    if (!given()) files.push_back(step_.solution);
    for (const fs::path& file : files) {
      const auto lines = split_lines(read_file(file));
      check_includes(file, lines);
      const auto marks = std::ranges::count_if(lines, is_mark);
      const std::size_t typed = lines.size() - static_cast<std::size_t>(marks);
      if (typed > kMostLines) {
        add("{} has {} lines; {} are the most that a person types", shown(file),
            typed, kMostLines);
      }
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].size() <= kMostColumns) continue;
        add("{}:{}: {} columns; {} at most", shown(file), i + 1,
            lines[i].size(), kMostColumns);
      }
    }
    files.push_back(
        step_.starter.parent_path() /
        fs::path(step_.learner).filename().replace_extension(".ini"));
    for (const fs::path& file : files) {
      for (const std::string& line :
           split_lines(still_to_write(file, shown(file)))) {
        add("still to write: {}", line);
      }
    }
    const bool open =
        read_file(step_.starter).find("TODO") != std::string::npos;
    if (open == given()) {
      add("{} {}", shown(step_.starter),
          open ? "is given, and has a TODO"
               : "has no TODO that says what to write");
    }
    return good_;
  }

  // Of the chapters, it needs earlier ones at most.
  void check_includes(const fs::path& file,
                      const std::vector<std::string>& lines) {
    constexpr std::string_view kInclude = "#include \"chapters/";
    for (const std::string& line : lines) {
      if (!line.starts_with(kInclude)) continue;
      const std::string chapter = line.substr(
          kInclude.size(), line.find('/', kInclude.size()) - kInclude.size());
      if (chapter < step_.manifest.chapter) continue;
      add("{} includes {}, and may use earlier chapters only", shown(file),
          chapter);
    }
  }

  // The program prints what the file says, below a first line "$ 2.3".
  void compare_or_write(const fs::path& file, const std::string& program) {
    const Result result = result_of(program);
    if (result.timed_out) add("the {} does not come to an end", program);
    const std::string text =
        fmt::format("$ {}\n{}", step_.id(), as_shown(result));
    const bool same = fs::exists(file) && read_file(file) == text;
    if (refresh_) {
      if (!same && !result.timed_out) write_file(file, text);
      fmt::print("{} {}\n", same ? "same    " : "changed ", shown(file));
    } else if (!same) {
      const auto expected =
          split_lines(fs::exists(file) ? read_file(file) : "");
      const auto got = split_lines(text);
      add("the {} prints something else than {} (\"./workbook refresh {}\" "
          "writes it anew):\n{}",
          program, shown(file), step_.manifest.chapter_number(),
          line_diff(expected, got, expected, got, 1));
    }
  }

  void check_watched() {
    const Result result = result_of("watched");
    if (find_in(result.out, step_.solution.string(), true) ||
        as_shown(result) != transcript_of(step_)) {
      add("with sanitizers, our solution prints:\n{}", as_shown(result));
    }
  }

  void check_starter() {
    if (as_shown(result_of("starter")) == transcript_of(step_)) {
      add("the starter prints the transcript: there is nothing to do");
    }
  }

  // The step before, done, and this one's starter have the same classes, but
  // for a few lines that make place for the stub.
  void check_continued() {
    const Exercise* before = nullptr;
    for (const Exercise& other : bundle_.steps) {
      if (other.manifest.chapter == step_.manifest.chapter &&
          other.manifest.step == step_.manifest.step - 1) {
        before = &other;
      }
    }
    if (before == nullptr || step_.manifest.new_start) return;
    const fs::path& done =
        before->manifest.given ? before->starter : before->solution;
    std::vector<std::string> old_lines = class_lines(read_file(done));
    std::vector<std::string> new_lines = class_lines(read_file(step_.starter));
    std::sort(old_lines.begin(), old_lines.end());
    std::sort(new_lines.begin(), new_lines.end());
    std::vector<std::string> gone;
    std::set_difference(old_lines.begin(), old_lines.end(), new_lines.begin(),
                        new_lines.end(), std::back_inserter(gone));
    if (gone.size() <= kMostGone) return;
    std::string text;
    for (const std::string& line : gone) text += "\n  " + line;
    add("{} does not begin where {} ends: {} lines of its classes are gone or "
        "changed, and {} may be (or say new_start = yes in the manifest):{}",
        shown(step_.starter), shown(done), gone.size(), kMostGone, text);
  }

  const Bundle& bundle_;
  const Exercise& step_;
  const bool refresh_;
  bool good_ = true;
};

}  // namespace

bool prove_step(const Bundle& bundle, const Exercise& step, bool refresh) {
  return StepProof(bundle, step, refresh).run();
}

}  // namespace grader
