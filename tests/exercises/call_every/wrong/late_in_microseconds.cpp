// Counts in whole microseconds how late it is: with an interval below one,
// beats that have gone by are called.

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
  using std::chrono::microseconds;
  const auto whole = std::chrono::duration_cast<microseconds>(late);
  const auto gone_by = late < nanoseconds(0) ? 0 : whole / interval_;
  next_ += (gone_by + 1) * interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
  callback_();
}

}  // namespace exercises
