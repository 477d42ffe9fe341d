// Counts by the file with its folders, and tells it without them.

#include "chapters/05_set_debug/exercises/origin_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "common/place.hpp"

namespace exercises {

namespace {

struct Origin {
  std::string file;
  unsigned line = 0;
  std::string text;
  std::size_t count = 0;
};

}  // namespace

std::vector<std::string> origin_report(const Handles& handles) {
  std::map<std::pair<std::string, unsigned>, Origin> places;
  for (const auto& handle : handles) {
    if (!handle || handle->cancelled()) continue;
    const auto& place = handle->created_at();
    const auto line = static_cast<unsigned>(place.line());
    Origin& origin = places[{std::string(place.file_name()), line}];
    if (origin.count++ > 0) continue;
    origin.line = line;
    origin.text = common::file_line(place);
    origin.file = origin.text.substr(0, origin.text.rfind(':'));
    origin.text += ", in ";
    origin.text += common::function_name(place);
  }
  std::vector<Origin> sorted;
  for (const auto& [key, origin] : places) sorted.push_back(origin);
  std::ranges::stable_sort(sorted, [](const Origin& a, const Origin& b) {
    if (a.count != b.count) return a.count > b.count;
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  std::vector<std::string> report;
  for (const Origin& origin : sorted) {
    report.push_back(fmt::format("{} {} created at {}", origin.count,
                                 origin.count == 1 ? "handle" : "handles",
                                 origin.text));
  }
  return report;
}

}  // namespace exercises
