#include "chapters/03_coroutine_task/gather.hpp"

namespace ch03 {

using ch02::make_handle;

void GatherBase::start() {
  // Children that are done count now: perhaps there is nothing to wait for.
  for (const Ref<FutureBase>& child : children_) {
    if (child->done()) {
      child_done(*child);
      continue;
    }
    const auto done = [gathering = Ref(this), child = child.get()] {
      gathering->child_done(*child);
    };
    child->add_callback(make_handle<DoneHandle>(
        internal("gather.<locals>._done_callback", done), get_loop(),
        created_at()));
  }
  if (!children_.empty()) return;
  collect();
  finish(State::finished);
}

std::vector<FutureBase*> GatherBase::waits_for() const {
  std::vector<FutureBase*> pending;
  if (done()) return pending;
  for (const Ref<FutureBase>& child : children_) {
    if (!child->done()) pending.push_back(child.get());
  }
  return pending;
}

void GatherBase::child_done(FutureBase& child) {
  --left_;
  // With return_exceptions, the exception is retrieved at the end, by
  // collect().
  if (done() || !return_exceptions_) child.ignore_exception();
  if (done()) return;
  if (!return_exceptions_) {
    try {
      child.check_result();
    } catch (...) {
      // A child's cancellation is an error of the gathering like any other.
      return finish(State::finished, std::current_exception());
    }
  }
  if (left_ > 0) return;
  if (cancel_requested_) {
    for (const Ref<FutureBase>& each : children_) each->ignore_exception();
    // Takes the message of the last child to end, if it has one.
    try {
      if (child.cancelled()) child.check_result();
      throw CancelledError();
    } catch (const CancelledError&) {
      return finish(State::finished, std::current_exception());
    }
  }
  try {
    collect();
  } catch (...) {
    return finish(State::finished, std::current_exception());
  }
  finish(State::finished);
}

FutureBase* GatherBase::cancel_step(Cancel& cancel, bool first) {
  if (first) {
    cancel.heard = false;
    if (done()) return nullptr;
    next_to_cancel_ = 0;
    cancelled_any_ = circle_ = false;
  }
  // Note each child's answer here: it must not reach the next child.
  cancelled_any_ = cancelled_any_ || cancel.heard;
  circle_ = std::exchange(cancel.circle, false) || circle_;
  if (next_to_cancel_ < children_.size()) {
    return children_[next_to_cancel_++].get();
  }
  cancel.heard = cancelled_any_;
  cancel.circle = circle_;
  cancel_requested_ = cancel_requested_ || cancelled_any_;
  return nullptr;
}

}  // namespace ch03
