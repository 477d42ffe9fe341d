#include "chapters/02_event_loop/handle.hpp"

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/in_turn.hpp"
#include "common/place.hpp"

namespace ch02 {

using common::Detail;
using common::Ref;

std::string LoopObject::repr() const { return repr(detail()); }

Detail LoopObject::detail() const {
  return EventLoop::detail_of(loop_).value_or(last_detail_);
}

void LoopObject::leave_loop() {
  last_detail_ = loop_->detail();
  loop_ = nullptr;
}

void LoopObject::end_in_turn() noexcept {
  constexpr auto kEnd = [](LoopObject& object) { delete &object; };
  common::end_in_turn<&LoopObject::next_, kEnd>(*this);
}

// #region created_at_text
std::string LoopObject::created_at_text(Detail detail) const {
  if (detail == Detail::brief) return "";
  return " created at " + common::file_line(where_);
}
// #endregion created_at_text

void ObjectQueue::remove(LoopObject& object) {
  const bool owned = object.owned_;
  unlink(object);
  if (owned) object.release();
}

void ObjectQueue::clear() {
  while (!empty()) remove(*first_);
}

std::string NameLabel::text() const {
  return name + "()" + (where ? " at " + common::file_line(*where) : "");
}

std::string type_label(const char* mangled_type_name) {
  const std::string name = common::demangled(mangled_type_name);
  if (name.find("lambda") != std::string::npos ||
      name.find("$_") != std::string::npos) {
    return "<lambda>()";
  }
  if (name.find('(') != std::string::npos) return "<function>()";
  return name + "()";
}

namespace {

// #region caught_in
ExceptionContext caught_in(const Handle& handle) {
  return {.message = "Exception in callback " + handle.callback_text(),
          .exception = std::current_exception(),
          .values = {{"handle", handle}},
          .source = &handle};
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
  // A loop that does not run may be any thread's.
  const bool scheduled = !cancelled_ && (queued_ || in_heap_);
  if (scheduled && loop()->is_running()) loop()->check_thread();
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
