// Whose turn is it? A fair choice when not all can be served at once.
// This file is the contract: do not edit it. Yours is ready_order.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chapters/01_selector/selector.hpp"

namespace exercises {

// For a program that serves only a few descriptors in each round. The others
// stay ready, and the selector names them again.
class ReadyOrder {
 public:
  // How many are served in a round: 1 or more, even if there are never so many.
  explicit ReadyOrder(std::size_t most) : most_(most) {}

  // You write this. Chooses from the answer of a select(), in which each
  // descriptor is named once, those that are served now: `most` of them, or all
  // if there are fewer. The first of the result is served first.
  //
  // Those that were never served come before all others, and among them the
  // smaller descriptor first. Of the others, the one that was served longest
  // ago comes first. The order of the answer does not count.
  // Only being served counts: to be ready and not chosen changes nothing, nor
  // does it to be absent for a while.
  std::vector<int> choose(std::span<const ch01::ReadyKey> ready);

  // You write this, too. The descriptor is closed. If its number comes again
  // it is another descriptor, which was never served. An unknown number: fine.
  void forget(int fd);

 protected:
  std::size_t most_;
  std::vector<int> served_;  // each once; who was served longest ago is first
};

}  // namespace exercises
