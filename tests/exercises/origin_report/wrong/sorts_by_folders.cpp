// Takes the folders of a file along when it sorts.

#include "chapters/05_set_debug/exercises/origin_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "common/place.hpp"

namespace exercises {

namespace {

using Key = std::pair<std::string, unsigned>;  // file and line

struct Origin {
  Key key;
  std::source_location place;
  int count = 0;
};

bool comes_first(const Origin& one, const Origin& other) {
  if (one.count != other.count) return one.count > other.count;
  const std::string file = one.place.file_name();
  const std::string its_file = other.place.file_name();
  if (file != its_file) return file < its_file;
  return one.place.line() < other.place.line();
}

}  // namespace

std::vector<std::string> origin_report(const Handles& handles) {
  std::map<Key, Origin> by_place;
  for (const auto& handle : handles) {
    if (!handle || handle->cancelled()) continue;
    const std::source_location& place = handle->created_at();
    const Key key(common::file_name(place), place.line());
    Origin& origin = by_place[key];
    origin.key = key;
    origin.place = place;
    ++origin.count;
  }

  std::vector<Origin> origins;
  for (const auto& [key, origin] : by_place) origins.push_back(origin);
  std::sort(origins.begin(), origins.end(), comes_first);

  std::vector<std::string> report;
  for (const Origin& origin : origins) {
    report.push_back(fmt::format("{} {} created at {}, in {}", origin.count,
                                 origin.count == 1 ? "handle" : "handles",
                                 common::file_line(origin.place),
                                 common::function_name(origin.place)));
  }
  return report;
}

}  // namespace exercises
