// Exercise call_every (chapter 2), solved.
//
// Two decisions make the rest easy. The next beat is counted from the last
// *beat*, not from now, so that delays do not add up. And the next timer is set
// before the callback is called: so cancel() always finds one, and an exception
// cannot skip it.
//
// Another way: keep the start and a number, and compute start + number *
// interval. It comes to the same, and the division below gives the number. A
// loop `while (next_ <= now) next_ += interval_` is clearer; but with an
// interval of 1 us, after a laptop's night of sleep, it is a slow callback.

#include "chapters/02_event_loop/exercises/call_every.hpp"

#include <stdexcept>
#include <utility>

namespace exercises {

CallEvery::CallEvery(ch02::EventLoop& loop, nanoseconds interval,
                     std::function<void()> callback)
    : loop_(loop), interval_(interval), callback_(std::move(callback)) {
  if (interval_ <= nanoseconds(0)) {
    throw std::invalid_argument("CallEvery: the interval must be positive");
  }
  next_ = loop_.time() + interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
}

CallEvery::~CallEvery() { cancel(); }

void CallEvery::cancel() {
  cancelled_ = true;
  timer_->cancel();
}

void CallEvery::beat() {
  const nanoseconds late = loop_.time() - next_;  // less than 0: resolution()
  const auto gone_by = late < nanoseconds(0) ? 0 : late / interval_;
  next_ += (gone_by + 1) * interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
  callback_();
}

}  // namespace exercises
