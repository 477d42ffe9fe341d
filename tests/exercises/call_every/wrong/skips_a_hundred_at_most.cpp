// Skips beats one by one, and not more than a hundred of them.

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
  next_ += interval_;
  for (int i = 0; i < 100 && next_ <= loop_.time(); ++i) next_ += interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
  callback_();
}

}  // namespace exercises
