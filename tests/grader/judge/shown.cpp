#include "tests/grader/judge/shown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace grader {

namespace {

// For a person to read: no byte of it moves the cursor or rings a bell.
std::string printable(std::string_view line) {
  std::string result;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return result;
}

struct Aligned {
  enum class Kind { same, expected, got };
  Kind kind;
  std::size_t number;  // in its own text, from 0
};

// The shortest list of lines that turns one text into the other (by their
// longest common subsequence).
std::vector<Aligned> align(const std::vector<std::string>& expected,
                           const std::vector<std::string>& got) {
  constexpr std::size_t kMostCells = 10'000'000;
  std::size_t begin = 0;
  while (begin < std::min(expected.size(), got.size()) &&
         expected[begin] == got[begin]) {
    ++begin;
  }
  const std::size_t rows = expected.size() - begin;
  const std::size_t columns = got.size() - begin;
  // common[i][j]: lines in common from expected[begin + i], got[begin + j] on.
  std::vector<std::vector<unsigned>> common;
  if (rows * columns <= kMostCells) {
    common.assign(rows + 1, std::vector<unsigned>(columns + 1));
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        common[i][j] = expected[begin + i] == got[begin + j]
                           ? common[i + 1][j + 1] + 1
                           : std::max(common[i + 1][j], common[i][j + 1]);
      }
    }
  }
  std::vector<Aligned> lines;
  lines.reserve(begin + rows + columns);
  for (std::size_t i = 0; i < begin; ++i) {
    lines.push_back({Aligned::Kind::same, i});
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && !common.empty() &&
        expected[begin + i] == got[begin + j]) {
      lines.push_back({Aligned::Kind::same, begin + i});
      ++i;
      ++j;
    } else if (i < rows && (j == columns || common.empty() ||
                            common[i + 1][j] >= common[i][j + 1])) {
      lines.push_back({Aligned::Kind::expected, begin + i++});
    } else {
      lines.push_back({Aligned::Kind::got, begin + j++});
    }
  }
  return lines;
}

// The lines that differ, with their neighbours, as text.
std::string describe(const std::vector<Aligned>& lines,
                     const std::vector<std::string>& expected,
                     const std::vector<std::string>& got,
                     std::size_t first_line) {
  constexpr std::size_t kNeighbours = 2;
  constexpr std::size_t kMostLines = 60;
  const auto differs = [](const Aligned& line) {
    return line.kind != Aligned::Kind::same;
  };
  std::string text;
  std::size_t shown = 0;
  std::size_t next = 0;  // where a gap would begin
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto from = lines.begin() +
                      static_cast<std::ptrdiff_t>(i - std::min(i, kNeighbours));
    const auto to = lines.begin() + static_cast<std::ptrdiff_t>(std::min(
                                        i + kNeighbours + 1, lines.size()));
    if (std::none_of(from, to, differs)) continue;
    if (++shown > kMostLines) {
      return text + "            ...\n";
    }
    if (i != next) text += "            ...\n";
    next = i + 1;
    const Aligned& line = lines[i];
    const bool is_got = line.kind == Aligned::Kind::got;
    const char* const label = is_got          ? "> got"
                              : differs(line) ? "> expected"
                                              : "";
    text +=
        fmt::format("  {:<10} {:>4} | {}\n", label, line.number + first_line,
                    printable((is_got ? got : expected)[line.number]));
  }
  return text;
}

}  // namespace

std::string as_shown(const Result& result) {
  std::string text = result.out;
  if (!text.empty() && text.back() != '\n') text += '\n';
  if (result.killed_by) {
    text += fmt::format("(killed by signal {})\n", *result.killed_by);
  } else if (result.exit_status != 0) {
    text += fmt::format("(exit status {})\n", result.exit_status);
  }
  return text;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string line_diff(const std::vector<std::string>& expected,
                      const std::vector<std::string>& got,
                      const std::vector<std::string>& expected_keys,
                      const std::vector<std::string>& got_keys,
                      std::size_t first_line) {
  if (expected_keys == got_keys) return {};
  return describe(align(expected_keys, got_keys), expected, got, first_line);
}

}  // namespace grader
