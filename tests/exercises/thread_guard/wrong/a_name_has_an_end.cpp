// Writes the text into a buffer of 160 characters: a long name is cut off.

#include "chapters/05_set_debug/exercises/thread_guard.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace exercises {

namespace {

[[noreturn]] void refuse(const char* call, const std::string& name,
                         const char* reason) {
  std::array<char, 160> text;
  std::snprintf(text.data(), text.size(), "%s() on the till '%s': %s", call,
                name.c_str(), reason);
  throw std::runtime_error(text.data());
}

void check(const char* call, const std::string& name, std::thread::id owner) {
  if (owner == std::this_thread::get_id()) return;
  refuse(call, name,
         owner == std::thread::id() ? "it belongs to nobody"
                                    : "it belongs to another thread");
}

}  // namespace

void Till::sell(const std::string& what, int cents) {
  check("sell", name_, owner_.load());
  receipts_.push_back(what);
  total_ += cents;
}

void Till::take_over(Till& other) {
  check("take_over", name_, owner_.load());
  if (&other == this) return;
  check("take_over", other.name_, other.owner_.load());
  receipts_.insert(receipts_.end(), other.receipts_.begin(),
                   other.receipts_.end());
  other.receipts_.clear();
  total_ += std::exchange(other.total_, 0);
}

void Till::release() {
  check("release", name_, owner_.load());
  owner_.store(std::thread::id());
}

void Till::adopt() {
  std::thread::id nobody;
  if (owner_.compare_exchange_strong(nobody, std::this_thread::get_id())) {
    return;
  }
  refuse("adopt", name_, "it belongs to a thread");
}

}  // namespace exercises
