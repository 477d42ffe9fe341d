#include "chapters/02_event_loop/handle.hpp"

#include "chapters/02_event_loop/event_loop.hpp"
#include "chapters/02_event_loop/live_loops.hpp"

namespace ch02 {

using common::Detail;

namespace {

// #region caught_in
ExceptionContext caught_in(Handle& handle) {
  return {.message = "Exception in callback " + handle.callback_text(),
          .exception = std::current_exception(),
          .values = {{"handle", handle}},
          .source = common::Ref<LoopObject>(&handle)};
}
// #endregion caught_in

}  // namespace

// #region run
void Handle::run() noexcept {
  running_ = true;
  try {
    call();
  } catch (...) {
    loop()->report_with([this] { return caught_in(*this); });
    if (refs() == 1) forget();
  }
  running_ = false;
  if (cancelled_) forget();
}
// #endregion run

void Handle::cancel() {
  // Before anything is read that the loop's thread may be writing. While the
  // loop does not run, any thread may own it; and it may be gone.
  LiveLoops::instance().check_thread(loop());
  discard();
}

void Handle::discard() noexcept {
  if (cancelled_) return;
  if (in_heap_) loop()->timers_.note_cancelled();
  cancelled_ = true;
  // A callback that cancels its own handle is still in use.
  if (!running_) forget();
}

std::string Handle::repr(Detail detail) const {
  std::string text = "<" + std::string(class_name());
  if (cancelled_) text += " cancelled";
  text += when_text();
  // A cancelled handle has forgotten its callback; only debug mode names it.
  if (!cancelled_ || detail == Detail::full) text += " " + callback_text();
  return text + created_at_text(detail) + ">";
}

std::string TimerHandle::when_text() const {
  return " when=" + common::repr(common::to_seconds(when_));
}

}  // namespace ch02
