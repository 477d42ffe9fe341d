// A clerk who stamps letters, one after the other, and lets nobody in.
// This file is the contract: do not edit it. Yours is never_waits.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "chapters/09_culprit/event_loop.hpp"

namespace exercises {

// Letters that wait for their stamp.
class Tray {
 public:
  explicit Tray(ch09::EventLoop& loop) : loop_(loop) {}

  void put(int letter) {
    letters_.push_back(letter);
    serve();
  }
  // No more letters will come.
  void close() {
    closed_ = true;
    serve();
  }
  std::size_t size() const { return letters_.size(); }

  // The next letter, or nothing if there is none and the tray is closed. While
  // there are letters, the future is done already. For one taker at a time.
  ch09::Future<std::optional<int>> get() {
    taker_ = loop_.create_future<std::optional<int>>();
    const auto taker = *taker_;
    serve();
    return taker;
  }

 private:
  void serve() {
    if (!taker_ || (letters_.empty() && !closed_)) return;
    const auto taker = *std::exchange(taker_, std::nullopt);
    if (taker.done()) return;  // cancelled
    if (letters_.empty()) return taker.set_result(std::nullopt);
    taker.set_result(letters_.front());
    letters_.pop_front();
  }

  ch09::EventLoop& loop_;
  std::deque<int> letters_;
  bool closed_ = false;
  std::optional<ch09::Future<std::optional<int>>> taker_;
};

// All clerks share one. It knows the letters that it has stamped.
class Stamp {
 public:
  Stamp(ch09::EventLoop& loop, std::chrono::nanoseconds duration)
      : loop_(loop), duration_(duration) {}

  // Holds the thread for as long as it takes.
  void press(int letter) {
    loop_.clock().sleep(duration_);
    letters_.push_back(letter);
  }
  const std::vector<int>& letters() const { return letters_; }

 private:
  ch09::EventLoop& loop_;
  std::chrono::nanoseconds duration_;
  std::vector<int> letters_;
};

// Stamps the letters of the tray, in their order, until it is empty and closed.
// The result is how many there were.
//
// This must become true:
// * No step of a task stamps more than 250 letters, or the loop reports it. The
//   letters may lie in one tray, or a task may drain many small ones in a row.
// * There is at most one pause for each hundred letters that the stamp has
//   stamped. A pause is a sleep of zero; to wait for a letter is none.
// * Nobody waits for the clock: all is done when the last letter is stamped.
ch09::Coroutine<int> drain(Tray& tray, Stamp& stamp);

}  // namespace exercises
