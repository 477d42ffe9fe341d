// Exercise slow_histogram (chapter 6), solved.
//
// std::upper_bound() gives the first limit that is *above* the duration, and
// that is the end of the bucket; std::lower_bound() stops at a limit that
// equals it, one bucket too low. As with slow_callback_duration, a duration
// equal to the limit is on the slow side.
//
// Integer division rounds down. To round up, first add the divisor less one.
// And the limits are checked before anything is kept, so that no histogram with
// wrong limits ever exists.
//
// Another way to find the bucket: walk along the limits and count those that
// are not above the duration. For a dozen limits it makes no difference.

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
  const auto end = std::upper_bound(limits_.begin(), limits_.end(), duration);
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
