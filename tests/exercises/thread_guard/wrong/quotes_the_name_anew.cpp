// Quotes the name as Python would: with signs escaped, or in other quotes.

#include "chapters/05_set_debug/exercises/thread_guard.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>
#include <utility>

#include "common/repr.hpp"

namespace exercises {

namespace {

const std::thread::id kNobody;

void check(std::thread::id owner, std::string_view function,
           const std::string& till) {
  if (owner == std::this_thread::get_id()) return;
  throw std::runtime_error(fmt::format(
      "{}() on the till {}: it belongs to {}", function, common::repr(till),
      owner == kNobody ? "nobody" : "another thread"));
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
  if (this == &other) return;
  receipts_.insert(receipts_.end(), other.receipts_.begin(),
                   other.receipts_.end());
  total_ += std::exchange(other.total_, 0);
  other.receipts_.clear();
}

void Till::release() {
  check(owner_, "release", name_);
  owner_ = kNobody;
}

void Till::adopt() {
  std::thread::id expected = kNobody;
  if (owner_.compare_exchange_strong(expected, std::this_thread::get_id())) {
    return;
  }
  throw std::runtime_error(
      fmt::format("adopt() on the till '{}': it belongs to a thread", name_));
}

}  // namespace exercises
