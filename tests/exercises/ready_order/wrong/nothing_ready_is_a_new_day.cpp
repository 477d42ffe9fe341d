// Begins anew when nothing is ready.

#include "chapters/01_selector/exercises/ready_order.hpp"

#include <algorithm>
#include <utility>

namespace exercises {

std::vector<int> ReadyOrder::choose(std::span<const ch01::ReadyKey> ready) {
  if (ready.empty()) served_.clear();
  // The place of each in the line, and its number, which decides among those
  // that were never served.
  std::vector<std::pair<std::ptrdiff_t, int>> line;
  for (const auto& [key, events] : ready) {
    const auto found = std::ranges::find(served_, key->fd);
    const bool never = found == served_.end();
    line.push_back({never ? -1 : found - served_.begin(), key->fd});
  }
  std::ranges::sort(line);
  std::vector<int> chosen;
  for (const auto& [place, fd] : line) {
    if (chosen.size() == most_) break;
    chosen.push_back(fd);
    forget(fd);
    served_.push_back(fd);
  }
  return chosen;
}

void ReadyOrder::forget(int fd) { std::erase(served_, fd); }

}  // namespace exercises
