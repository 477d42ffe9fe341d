#include "chapters/11_pulse/census.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/clock.hpp"

namespace ch11 {

// #region add
bool Census::add(const ch02::LoopObject& object, std::size_t pending) {
  ++origins_.row_of(object).made;
  return pending >= report_at_;
}
// #endregion add

// #region report
std::string Census::report(std::string_view kind,
                           const std::vector<const ch02::LoopObject*>& pending,
                           std::chrono::nanoseconds now) {
  for (Origin& origin : origins_.rows()) origin.pending = 0;
  for (const auto* object : pending) {
    Origin& origin = origins_.row_of(*object);
    if (origin.pending++ == 0) origin.first = object;
  }
  std::string text = fmt::format("{} {} are pending", pending.size(), kind);
  if (const auto before = std::exchange(last_report_, now)) {
    text += fmt::format(
        ", twice as many as {:.3f} seconds before",
        common::to_seconds(common::saturated_difference(now, *before)));
  }
  while (report_at_ <= pending.size()) report_at_ *= 2;
  // #endregion report
  const auto origins = origins_.three_largest(
      [](const Origin& origin) { return origin.pending > 0; },
      &Origin::pending);
  for (const Origin* origin : origins) {
    text += fmt::format("\n  {} of them {} created at {}", origin->pending,
                        origin->name, common::file_line(origin->place));
    if (origin->made > origin->pending) {
      text += fmt::format(", where {} others have ended",
                          origin->made - origin->pending);
    }
    if (origin == origins.front()) {
      text += "\n    the first is " + origin->first->repr();
    }
  }
  return text;
}

}  // namespace ch11
