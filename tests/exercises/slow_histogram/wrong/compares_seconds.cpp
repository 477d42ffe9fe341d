// Compares seconds as doubles: months long, two durations a nanosecond apart
// are equal.

#include "chapters/06_slow_callback/exercises/slow_histogram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "common/clock.hpp"

namespace exercises {

SlowHistogram::SlowHistogram(std::vector<nanoseconds> limits) {
  nanoseconds before(0);
  for (const nanoseconds limit : limits) {
    if (limit <= before) {
      throw std::invalid_argument(
          "the limits of a histogram must be above zero, and rise");
    }
    before = limit;
  }
  limits_ = std::move(limits);
  counts_.resize(limits_.size() + 1);
}

void SlowHistogram::add(nanoseconds duration) {
  if (duration < nanoseconds(0)) {
    throw std::invalid_argument("nothing takes less than no time");
  }
  using Seconds = std::chrono::duration<double>;
  const auto end =
      std::upper_bound(limits_.begin(), limits_.end(), duration,
                       [](Seconds one, Seconds other) { return one < other; });
  ++counts_[static_cast<std::size_t>(end - limits_.begin())];
}

std::vector<std::string> SlowHistogram::lines() const {
  const std::size_t most = *std::max_element(counts_.begin(), counts_.end());
  std::vector<std::string> result;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const nanoseconds begin = i == 0 ? nanoseconds(0) : limits_[i - 1];
    std::size_t length = counts_[i];
    if (most > kWidth) length = (counts_[i] * kWidth + most - 1) / most;
    result.push_back(fmt::format("{:8.3f} s |{:<{}}| {}",
                                 common::to_seconds(begin),
                                 std::string(length, '#'), kWidth, counts_[i]));
  }
  return result;
}

}  // namespace exercises
