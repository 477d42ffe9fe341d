#include "chapters/11_pulse/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ch11 {

namespace {

// #region index
// The six highest bits of the value, of which the first is 1, and how many
// there are below them.
std::size_t index_of(std::uint64_t value) {
  if (value < 64) return value;
  const auto below = static_cast<std::size_t>(std::bit_width(value)) - 6;
  return 32 * below + (value >> below);
}
// #endregion index

}  // namespace

void Histogram::add(std::uint64_t value) {
  Bucket& bucket = buckets_[index_of(value)];
  ++bucket.times;
  bucket.largest = std::max(bucket.largest, value);
  ++count_;
  sum_ += value;
  max_ = std::max(max_, value);
}

// #region at
std::uint64_t Histogram::at(double share) const {
  const double wanted = std::ceil(share * static_cast<double>(count_));
  std::uint64_t seen = 0;
  for (const Bucket& bucket : buckets_) {
    seen += bucket.times;
    if (bucket.times > 0 && static_cast<double>(seen) >= wanted) {
      return bucket.largest;
    }
  }
  return max_;
}
// #endregion at

}  // namespace ch11
