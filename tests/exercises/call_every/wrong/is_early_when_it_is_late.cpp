// Allows every call to be early, by the resolution: a late one, too.

#include "chapters/02_event_loop/exercises/call_every.hpp"

#include <algorithm>
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
}

void CallEvery::beat() {
  // The loop may call us early, by less than a step of the clock.
  const nanoseconds step = std::max(loop_.clock().resolution(), nanoseconds(1));
  const nanoseconds now = loop_.time() + step - nanoseconds(1);
  next_ += interval_;
  if (next_ <= now) next_ += ((now - next_) / interval_ + 1) * interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
  callback_();
}

}  // namespace exercises
