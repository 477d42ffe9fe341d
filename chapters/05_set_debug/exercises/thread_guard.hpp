// The guard: a till that remembers its thread and refuses all others.
// This file is the contract: do not edit it. Yours is thread_guard.cpp.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace exercises {

// If there is one, it is called after each look at an Owner, and each change: a
// test lets another thread act right then.
inline std::function<void()> at_each_look;

// Whose a till is: a std::atomic<std::thread::id>, and std::thread::id() is no
// thread's. Atomic, because threads that have no business here read it, too.
class Owner : public std::atomic<std::thread::id> {
 public:
  using atomic::atomic;
  std::thread::id load(
      std::memory_order order = std::memory_order_seq_cst) const noexcept {
    const std::thread::id owner = atomic::load(order);
    if (at_each_look) at_each_look();
    return owner;
  }
  std::thread::id exchange(
      std::thread::id owner,
      std::memory_order order = std::memory_order_seq_cst) noexcept {
    const std::thread::id before = atomic::exchange(owner, order);
    if (at_each_look) at_each_look();
    return before;
  }
  void store(std::thread::id owner,
             std::memory_order order = std::memory_order_seq_cst) noexcept {
    atomic::store(owner, order);
    if (at_each_look) at_each_look();
  }
  // If the owner is `expected`, stores another one and returns true; if not,
  // puts the owner into `expected` and returns false. It is one operation.
  template <class... Order>
  bool compare_exchange_strong(std::thread::id& expected, std::thread::id owner,
                               Order... orders) noexcept {
    const bool stored =
        atomic::compare_exchange_strong(expected, owner, orders...);
    if (at_each_look) at_each_look();
    return stored;
  }
  template <class... Order>
  bool compare_exchange_weak(std::thread::id& expected, std::thread::id owner,
                             Order... orders) noexcept {
    const bool stored =
        atomic::compare_exchange_weak(expected, owner, orders...);
    if (at_each_look) at_each_look();
    return stored;
  }
  std::thread::id operator=(std::thread::id owner) noexcept {
    store(owner);
    return owner;
  }
  operator std::thread::id() const noexcept { return load(); }
};

// The till of a café. It belongs to the thread that made it, or to one that it
// was handed over to. Each function below that is yours, but for adopt(), may
// be called by the till's own thread only. For all others it throws
// std::runtime_error, and then nothing has changed, in no till, and not for a
// moment either:
//
//   sell() on the till 'bar': it belongs to another thread
//   sell() on the till 'bar': it belongs to nobody
//
// The name stands there as it is, whatever is in it, with a quote on each side.
class Till {
 public:
  explicit Till(std::string name) : name_(std::move(name)) {}

  // You write these.
  // Adds the price to the total, and what was sold to the receipts. A price
  // may be below zero, for what is given back, and so may a total.
  void sell(const std::string& what, int cents);
  // Takes all of the other till's money and receipts, these behind its own.
  // Both tills must belong to the calling thread. This one is asked first; if
  // only the other one refuses, the text has the other one's name. From itself
  // it takes nothing.
  void take_over(Till& other);
  // Gives the till away: from now on it belongs to nobody.
  void release();
  // Makes a till that belongs to nobody the calling thread's. Of several
  // threads that try at the same time, one gets it. Throws std::runtime_error
  // if it belongs to a thread, even to the calling one; it stays that thread's
  // all the while:
  //
  //   adopt() on the till 'bar': it belongs to a thread
  void adopt();

  // For all threads, as long as no other one changes the till meanwhile.
  const std::string& name() const { return name_; }
  int total() const { return total_; }
  const std::vector<std::string>& receipts() const { return receipts_; }

 protected:
  std::string name_;
  int total_ = 0;  // in cents
  std::vector<std::string> receipts_;
  Owner owner_ = std::this_thread::get_id();
};

}  // namespace exercises
