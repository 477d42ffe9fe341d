// Turns the list around by recursion, one call inside the other.

#include "chapters/02_event_loop/exercises/threadsafe_post.hpp"

#include <stdexcept>
#include <utility>

namespace exercises {

Mailbox::Mailbox(std::function<void()> ring) : ring_(std::move(ring)) {}

Mailbox::~Mailbox() { close(); }

void Mailbox::post(std::function<void()> callback) {
  // A closed box has this address in it, which is no letter's.
  Letter* const shut = reinterpret_cast<Letter*>(&closed_);
  Letter* before = newest_.load();
  if (before == shut) throw std::runtime_error("the mailbox is closed");
  auto* const letter = new Letter{std::move(callback), before};
  while (!newest_.compare_exchange_weak(before, letter)) {
    if (before == shut) {
      delete letter;
      throw std::runtime_error("the mailbox is closed");
    }
    letter->next = before;
  }
  if (before == nullptr) ring_();
}

std::size_t Mailbox::deliver() {
  if (closed_) return 0;
  // The oldest is at the end of the list, so it is the first to run.
  const auto run = [](const auto& self, Letter* letter) -> std::size_t {
    if (letter == nullptr) return 0;
    const std::size_t older = self(self, letter->next);
    letter->callback();
    delete letter;
    return older + 1;
  };
  return run(run, newest_.exchange(nullptr));
}

void Mailbox::close() {
  Letter* const shut = reinterpret_cast<Letter*>(&closed_);
  Letter* letter = newest_.exchange(shut);
  if (letter == shut) return;
  closed_ = true;
  while (letter != nullptr) delete std::exchange(letter, letter->next);
}

}  // namespace exercises
