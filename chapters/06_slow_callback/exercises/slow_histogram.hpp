// The histogram: how many callbacks took how long?
// This file is the contract: do not edit it. Yours is slow_histogram.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace exercises {

class SlowHistogram {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  // The longest bar has this many #.
  static constexpr std::size_t kWidth = 20;

  // You write these.
  // Limits divide the durations into buckets, one more than there are limits:
  // below the first, from the first up to the second, ..., from the last on.
  // No limit is fine: that is one bucket for all.  Throws
  // std::invalid_argument unless each limit is above zero and above the limit
  // before it.
  explicit SlowHistogram(std::vector<nanoseconds> limits);

  // Counts a duration, exactly as long as it is. A duration that equals a limit
  // goes up, into the bucket that begins there.  Throws std::invalid_argument
  // for one below zero, and counts nothing.
  void add(nanoseconds duration);

  // A line for each bucket: where it begins (0 for the first) as seconds with
  // three decimals, rounded, 8 characters wide or more; a bar; and the count.
  // The bar is a # for each duration. If some bucket has more than kWidth, the
  // fullest one's bar is kWidth long and all others are in proportion, rounded
  // up, so that no bucket with something in it looks empty. Blanks behind a bar
  // fill kWidth.
  //
  //      0.000 s |##                  | 2
  //      0.010 s |                    | 0
  //      0.100 s |#######             | 7
  std::vector<std::string> lines() const;

  // How many are in each bucket.
  const std::vector<std::size_t>& counts() const { return counts_; }

 protected:
  std::vector<nanoseconds> limits_;
  std::vector<std::size_t> counts_;
};

}  // namespace exercises
