// How often which value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ch11 {

// Counts any number of values in a fixed number of buckets: small values have a
// bucket each, and above 63 there are 32 to each power of two. So two values of
// one bucket differ by less than 3.2 %.
class Histogram {
 public:
  // #region bucket
  struct Bucket {
    std::uint64_t times = 0;
    std::uint64_t largest = 0;  // of the values that fell into it
  };
  // #endregion bucket

  void add(std::uint64_t value);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t max() const { return max_; }
  // A value that was added. So many of all values, or more, are as small as
  // this one: at(0.5) is the median. At most 3.2 % above the exact answer; 0
  // if there are no values.
  std::uint64_t at(double share) const;
  std::span<const Bucket> buckets() const { return buckets_; }  // by value

 private:
  std::array<Bucket, std::size_t{60} * 32> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace ch11
