// close() drops the letters first: what they post while they go gets in.

#include "chapters/02_event_loop/exercises/threadsafe_post.hpp"

#include <stdexcept>
#include <utility>

namespace exercises {

Mailbox::Mailbox(std::function<void()> ring) : ring_(std::move(ring)) {}

Mailbox::~Mailbox() { close(); }

void Mailbox::post(std::function<void()> callback) {
  if (closed_) throw std::runtime_error("the mailbox is closed");
  Letter* before = newest_.load();
  auto* const letter = new Letter{std::move(callback), before};
  while (!newest_.compare_exchange_weak(before, letter)) {
    letter->next = before;
  }
  if (before == nullptr) ring_();
}

std::size_t Mailbox::deliver() {
  Letter* oldest = nullptr;
  for (Letter* letter = newest_.exchange(nullptr); letter != nullptr;) {
    Letter* const older = std::exchange(letter->next, oldest);
    oldest = std::exchange(letter, older);
  }
  std::size_t count = 0;
  while (oldest != nullptr) {
    oldest->callback();
    delete std::exchange(oldest, oldest->next);
    ++count;
  }
  return count;
}

void Mailbox::close() {
  if (closed_) return;
  Letter* letter = newest_.exchange(nullptr);
  while (letter != nullptr) delete std::exchange(letter, letter->next);
  closed_ = true;
}

}  // namespace exercises
