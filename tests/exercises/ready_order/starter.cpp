// Exercise ready_order (chapter 1): all have a turn.
//
//   ./workbook check ready_order    judges this file
//   ./workbook hint ready_order     says a little more, each time
//
// In use:
//
//   exercises::ReadyOrder order(2);
//   for (const int fd : order.choose(selector.select(timeout))) {
//     ... read from fd, once
//   }

#include "chapters/01_selector/exercises/ready_order.hpp"

namespace exercises {

std::vector<int> ReadyOrder::choose(std::span<const ch01::ReadyKey> ready) {
  // TODO: sort the descriptors by where they stand in served_, which you keep
  // in order, and serve the first most_ of them. Today those at the end of the
  // answer are never served; after that check shows how each one has a turn.
  std::vector<int> chosen;
  for (const auto& [key, events] : ready) {
    if (chosen.size() < most_) chosen.push_back(key->fd);
  }
  return chosen;
}

void ReadyOrder::forget(int) {}

}  // namespace exercises
