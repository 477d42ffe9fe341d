// A closed box is taken for an empty one: the destructor does not look into it.

#include "chapters/02_event_loop/exercises/threadsafe_post.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace exercises {

Mailbox::Mailbox(std::function<void()> ring) : ring_(std::move(ring)) {}

Mailbox::~Mailbox() { close(); }

void Mailbox::post(std::function<void()> callback) {
  if (closed_) throw std::runtime_error("the mailbox is closed");
  Letter* before = newest_;
  auto* const letter = new Letter{std::move(callback), before};
  // If another thread was quicker, `before` is now its letter: try again.
  while (!newest_.compare_exchange_weak(before, letter)) letter->next = before;
  // The letter is no longer ours: it may have been delivered by now.
  if (!before) ring_();
}

std::size_t Mailbox::deliver() {
  Letter* newest = newest_.exchange(nullptr);
  // The newest is in front: reverse the list.
  Letter* oldest = nullptr;
  while (newest) {
    Letter* const before = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = before;
  }
  std::size_t count = 0;
  while (oldest) {
    const std::unique_ptr<Letter> letter(oldest);
    oldest = letter->next;
    letter->callback();
    ++count;
  }
  return count;
}

void Mailbox::close() {
  if (closed_.exchange(true)) return;
  Letter* letter = newest_.exchange(nullptr);
  while (letter) {
    const std::unique_ptr<Letter> dropped(letter);
    letter = dropped->next;
  }
}

}  // namespace exercises
