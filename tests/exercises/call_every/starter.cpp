// Exercise call_every (chapter 2): a timer that comes again and again.
//
//   ./workbook check call_every    judges this file
//   ./workbook hint call_every     says a little more, each time
//
// In use:
//
//   exercises::CallEvery tick(loop, 1s, [] { fmt::print("tick\n"); });
//   ... and, when it has ticked enough, tick.cancel()

#include "chapters/02_event_loop/exercises/call_every.hpp"

#include <utility>

namespace exercises {

CallEvery::CallEvery(ch02::EventLoop& loop, nanoseconds interval,
                     std::function<void()> callback)
    : loop_(loop), interval_(interval), callback_(std::move(callback)) {
  timer_ = loop_.call_later(interval_, [this] { beat(); });
}

CallEvery::~CallEvery() { cancel(); }

void CallEvery::cancel() { cancelled_ = true; }

void CallEvery::beat() {
  // TODO: work out next_ and ask loop_.call_at() for it, and fix the rest so
  // that the contract holds. Today check sees one call, and then silence.
  callback_();
}

}  // namespace exercises
