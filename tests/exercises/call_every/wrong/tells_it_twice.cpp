// Reports what the callback throws, and lets it out as well.

#include "chapters/02_event_loop/exercises/call_every.hpp"

#include <exception>
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
  if (timer_) timer_->cancel();
}

void CallEvery::beat() {
  const nanoseconds late = loop_.time() - next_;  // less than 0: resolution()
  const auto gone_by = late < nanoseconds(0) ? 0 : late / interval_;
  next_ += (gone_by + 1) * interval_;
  timer_ = loop_.call_at(next_, [this] { beat(); });
  try {
    callback_();
  } catch (const std::exception& error) {
    ch02::ExceptionContext context;
    context.message = error.what();
    context.exception = std::current_exception();
    loop_.call_exception_handler(context);
    throw;
  }
}

}  // namespace exercises
