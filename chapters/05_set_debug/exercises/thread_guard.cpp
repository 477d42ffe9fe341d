// Exercise thread_guard (chapter 5): whose till is it?
//
//   ./workbook check thread_guard    judges this file
//   ./workbook hint thread_guard     says a little more, each time
//
// In use:
//
//   exercises::Till till("bar");
//   till.sell("espresso", 250);
//   std::thread([&till] { till.sell("tea", 220); }).join();
//   ... the thread ends with std::runtime_error, and the total is 250

#include "chapters/05_set_debug/exercises/thread_guard.hpp"

namespace exercises {

// TODO: compare owner_ with std::this_thread::get_id() before anything else,
// in all four functions. Then no other thread gets in: 3 of 3 points.

void Till::sell(const std::string& what, int cents) {
  total_ += cents;
  receipts_.push_back(what);
}

void Till::take_over(Till& other) {
  total_ += other.total_;
  other.total_ = 0;
  for (const std::string& what : other.receipts_) receipts_.push_back(what);
  other.receipts_.clear();
}

void Till::release() {}

void Till::adopt() {}

}  // namespace exercises
