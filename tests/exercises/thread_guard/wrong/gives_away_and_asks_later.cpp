// release() takes the owner out and puts it back if the caller is a stranger.

#include "chapters/05_set_debug/exercises/thread_guard.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace exercises {

namespace {

[[noreturn]] void refuse(std::thread::id owner, const char* function,
                         const std::string& name) {
  throw std::runtime_error(
      fmt::format("{}() on the till '{}': it belongs to {}", function, name,
                  owner == std::thread::id() ? "nobody" : "another thread"));
}

void check(const Owner& owner, const char* function, const std::string& name) {
  const std::thread::id id = owner.load();
  if (id != std::this_thread::get_id()) refuse(id, function, name);
}

}  // namespace

void Till::sell(const std::string& what, int cents) {
  check(owner_, "sell", name_);
  receipts_.push_back(what);
  total_ += cents;
}

void Till::take_over(Till& other) {
  check(owner_, "take_over", name_);
  check(other.owner_, "take_over", other.name_);
  if (&other == this) return;
  receipts_.insert(receipts_.end(), other.receipts_.begin(),
                   other.receipts_.end());
  other.receipts_.clear();
  total_ += std::exchange(other.total_, 0);
}

void Till::release() {
  // In one go, so that nothing can come between.
  const std::thread::id owner = owner_.exchange(std::thread::id());
  if (owner == std::this_thread::get_id()) return;
  owner_.store(owner);
  refuse(owner, "release", name_);
}

void Till::adopt() {
  std::thread::id nobody;
  if (!owner_.compare_exchange_strong(nobody, std::this_thread::get_id())) {
    throw std::runtime_error(
        fmt::format("adopt() on the till '{}': it belongs to a thread", name_));
  }
}

}  // namespace exercises
