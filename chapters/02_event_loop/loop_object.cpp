#include "chapters/02_event_loop/loop_object.hpp"

#include "chapters/02_event_loop/event_loop.hpp"
#include "chapters/02_event_loop/live_loops.hpp"
#include "common/in_turn.hpp"
#include "common/place.hpp"

namespace ch02 {

using common::Detail;

std::string LoopObject::repr() const { return repr(detail()); }

Detail LoopObject::detail() const {
  return LiveLoops::instance().detail_of(loop_).value_or(last_detail_);
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

}  // namespace ch02
