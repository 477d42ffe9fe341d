// What grows: how many of a kind are pending, and where they came from.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/11_pulse/by_place.hpp"

namespace ch11 {

// Every leak grows past 128, 256, 512, ... and a report at each of these is a
// few lines however large it becomes.
class Census {
 public:
  // One more was made. Are there so many now that it has to be told?
  bool add(const ch02::LoopObject& object, std::size_t pending);
  // "256 tasks are pending, twice as many as 11.200 seconds before", a line for
  // each of the three places that most of them come from, and the first of
  // those that have the first place.
  std::string report(std::string_view kind,
                     const std::vector<const ch02::LoopObject*>& pending,
                     std::chrono::nanoseconds now);

 private:
  struct Origin {
    std::source_location place;
    std::string name;
    std::size_t made = 0;  // since the loop counts
    // At the time of a report:
    std::size_t pending = 0;
    const ch02::LoopObject* first = nullptr;
  };

  ByPlace<Origin> origins_;
  std::size_t report_at_ = 128;
  std::optional<std::chrono::nanoseconds> last_report_;
};

}  // namespace ch11
