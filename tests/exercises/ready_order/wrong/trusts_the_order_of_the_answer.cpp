// Newcomers are served in the order of the answer, which is another one each
// time.

#include <algorithm>

#include "chapters/01_selector/exercises/ready_order.hpp"

namespace exercises {

std::vector<int> ReadyOrder::choose(std::span<const ch01::ReadyKey> ready) {
  std::vector<int> line;
  const auto is_ready = [ready](int fd) {
    return std::ranges::any_of(
        ready, [fd](const auto& one) { return one.key->fd == fd; });
  };
  for (const auto& [key, events] : ready) {
    if (std::ranges::find(served_, key->fd) == served_.end()) {
      line.push_back(key->fd);
    }
  }
  for (const int fd : served_) {
    if (is_ready(fd)) line.push_back(fd);
  }
  if (line.size() > most_) line.resize(most_);
  for (const int fd : line) {
    forget(fd);
    served_.push_back(fd);
  }
  return line;
}

void ReadyOrder::forget(int fd) { std::erase(served_, fd); }

}  // namespace exercises
