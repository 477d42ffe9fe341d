// Exercise origin_report (chapter 5): who made all these?
//
//   ./workbook check origin_report    judges this file
//   ./workbook hint origin_report     says a little more, each time
//
// In use:
//
//   exercises::Handles handles;
//   for (int i = 0; i < 12; ++i) {
//     handles.push_back(loop.call_later(1s, bring_the_bill));
//   }
//   for (const std::string& line : exercises::origin_report(handles)) {
//     common::print("{}", line);
//   }

#include "chapters/05_set_debug/exercises/origin_report.hpp"

#include "common/place.hpp"

namespace exercises {

std::vector<std::string> origin_report(const Handles& handles) {
  std::vector<std::string> report;
  for (const auto& handle : handles) {
    // TODO: count the handles of each place, created_at(), with the help of a
    // std::map, and sort the places. Then check says 4 of 4 points.
    if (handle) report.push_back(common::file_line(handle->created_at()));
  }
  return report;
}

}  // namespace exercises
