#include "chapters/02_event_loop/handle.hpp"

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/place.hpp"

namespace ch02 {

using common::Detail;
using common::Ref;

std::string LoopObject::repr() const {
  return repr(loop_ ? loop_->detail() : Detail::brief);
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
  return std::string(name) + "()" +
         (where ? " at " + common::file_line(*where) : "");
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

// #region run
void Handle::run() noexcept {
  running_ = true;
  try {
    call();
  } catch (...) {
    loop()->report_with([this] {
      return ExceptionContext{
          .message = "Exception in callback " + callback_text(),
          .exception = std::current_exception(),
          .values = {{"handle", *this}}};
    });
  }
  running_ = false;
  if (cancelled_) forget();
}
// #endregion run

void Handle::cancel() {
  if (cancelled_) return;
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

void TimerHandle::cancel() {
  if (!cancelled_ && scheduled_) loop()->timer_cancelled(*this);
  Handle::cancel();
}

std::string TimerHandle::when_text() const {
  return " when=" + common::repr(common::to_seconds(when_));
}

}  // namespace ch02
