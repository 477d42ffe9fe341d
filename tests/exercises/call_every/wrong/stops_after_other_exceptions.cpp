// Catches std::exception, sets the next timer, and throws again: after a number
// there is no next beat.

#include "chapters/02_event_loop/exercises/call_every.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace exercises {

CallEvery::CallEvery(ch02::EventLoop& loop, nanoseconds interval,
                     std::function<void()> callback)
    : loop_(loop), interval_(interval), callback_(std::move(callback)) {
  if (interval_ <= nanoseconds(0)) {
    throw std::invalid_argument("the interval must be above zero");
  }
  next_ = loop_.time() + interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
}

CallEvery::~CallEvery() { cancel(); }

void CallEvery::cancel() {
  cancelled_ = true;
  if (timer_) timer_->cancel();
  timer_ = nullptr;
}

void CallEvery::beat() {
  // A clock with coarse steps may bring us here a little early.
  const nanoseconds called = std::max(loop_.time(), next_);
  const auto again = [this, called] {
    if (cancelled_) return;
    next_ += ((called - next_) / interval_ + 1) * interval_;
    timer_ = loop_.call_at(next_, [this] { beat(); });
  };
  try {
    callback_();
  } catch (const std::exception&) {
    again();
    throw;
  }
  again();
}

}  // namespace exercises
