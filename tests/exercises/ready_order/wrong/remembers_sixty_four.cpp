// Remembers the last 64 services, and takes all others for newcomers.

#include "chapters/01_selector/exercises/ready_order.hpp"

#include <algorithm>
#include <utility>

namespace exercises {

namespace {
constexpr std::size_t kEnough = 64;  // so that the list stays short
}

std::vector<int> ReadyOrder::choose(std::span<const ch01::ReadyKey> ready) {
  std::vector<std::pair<std::ptrdiff_t, int>> turns;
  for (const auto& [key, events] : ready) {
    const auto at = std::find(served_.begin(), served_.end(), key->fd);
    turns.emplace_back(at == served_.end() ? -1 : at - served_.begin(),
                       key->fd);
  }
  std::sort(turns.begin(), turns.end());
  if (turns.size() > most_) turns.resize(most_);
  std::vector<int> chosen;
  for (const auto& [turn, fd] : turns) {
    chosen.push_back(fd);
    std::erase(served_, fd);
    served_.push_back(fd);
  }
  if (served_.size() > std::max(kEnough, chosen.size())) {
    const std::size_t keep = std::max(kEnough, chosen.size());
    served_.erase(served_.begin(),
                  served_.end() - static_cast<std::ptrdiff_t>(keep));
  }
  return chosen;
}

void ReadyOrder::forget(int fd) { std::erase(served_, fd); }

}  // namespace exercises
