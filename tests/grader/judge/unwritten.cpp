#include "tests/grader/judge/unwritten.hpp"

#include <fmt/format.h>

#include <string_view>

#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

std::string still_to_write(const std::filesystem::path& file,
                           const std::string& shown) {
  constexpr std::string_view kMark = "STILL TO WRITE: ";
  if (!std::filesystem::exists(file)) return {};
  std::string found;
  int number = 0;
  for (const std::string& line : split_lines(read_file(file))) {
    ++number;
    const std::size_t at = line.find(kMark);
    if (at == std::string::npos) continue;
    found += fmt::format("{}:{}: {}\n", shown, number,
                         line.substr(at + kMark.size()));
  }
  return found;
}

}  // namespace grader
