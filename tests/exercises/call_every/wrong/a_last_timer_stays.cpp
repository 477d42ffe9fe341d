// Sets the next timer behind the callback, also if that has called cancel(): it
// stays in the loop until its time has come, and does nothing then.

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
  if (cancelled_) return;
  const nanoseconds late = loop_.time() - next_;  // less than 0: resolution()
  const auto gone_by = late < nanoseconds(0) ? 0 : late / interval_;
  next_ += (gone_by + 1) * interval_;
  try {
    callback_();
  } catch (...) {
    timer_ = loop_.call_at(next_, [this] { beat(); });
    if (cancelled_) timer_->cancel();
    throw;
  }
  timer_ = loop_.call_at(next_, [this] { beat(); });
}

}  // namespace exercises
