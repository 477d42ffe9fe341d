// Goes on where the last round stopped: at a position of the answer.

#include <algorithm>

#include "chapters/01_selector/exercises/ready_order.hpp"

namespace exercises {

std::vector<int> ReadyOrder::choose(std::span<const ch01::ReadyKey> ready) {
  std::vector<int> line;
  for (const auto& [key, events] : ready) line.push_back(key->fd);
  std::ranges::sort(line);
  if (served_.empty()) served_.push_back(0);
  auto next = static_cast<std::size_t>(served_[0]);
  std::vector<int> chosen;
  while (chosen.size() < std::min(most_, line.size())) {
    chosen.push_back(line[next++ % line.size()]);
  }
  served_[0] = static_cast<int>(next);
  return chosen;
}

void ReadyOrder::forget(int) {}

}  // namespace exercises
