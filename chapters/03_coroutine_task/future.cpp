#include "chapters/03_coroutine_task/future.hpp"

#include <fmt/format.h>

#include <atomic>
#include <stdexcept>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/in_turn.hpp"
#include "common/place.hpp"

namespace ch03 {

using common::Detail;
using common::Ref;

namespace {
std::atomic<OrphanHook> orphan_hook = nullptr;
}

FutureBase::FutureBase(EventLoop& loop, std::source_location where)
    : LoopObject(loop, where), previous_in_loop_(loop.last_future_) {
  (previous_in_loop_ ? previous_in_loop_->next_in_loop_ : loop.first_future_) =
      this;
  loop.last_future_ = this;
}

FutureBase::~FutureBase() {
  waiters_.clear();
  if (!loop()) return;
  EventLoop& loop = get_loop();
  (previous_in_loop_ ? previous_in_loop_->next_in_loop_ : loop.first_future_) =
      next_in_loop_;
  (next_in_loop_ ? next_in_loop_->previous_in_loop_ : loop.last_future_) =
      previous_in_loop_;
}

// For a second reading: the row of the dying. Each future may be the last to
// hold the next one, so drop() is called in turn, and not in recursion.
void FutureBase::dispose() noexcept {
  add_ref();  // It stays alive while the last reports are made.
  dying_ = true;
  constexpr auto kDrop = [](FutureBase& future) { future.drop(); };
  common::end_in_turn<&FutureBase::link_, kDrop>(*this);
}

void FutureBase::drop() noexcept {
  dying_ = false;  // A report may keep it.
  if (loop()) ++get_loop().dropped_;
  if (refs() == 1) {
    if (loop() && !get_loop().ending_) {
      get_loop().changing(*this, Change::drop);
    } else if (const OrphanHook hook = orphan_hook) {
      hook(*this);
    }
  }
  if (refs() == 1) {
    dying_ = true;
    delete this;
  } else {
    release();  // Meanwhile it got a new reference: it lives on.
  }
}

void set_orphan_hook(OrphanHook hook) { orphan_hook = hook; }

void throw_empty() {
  throw InvalidStateError(
      "empty future: it was declared, or moved from, and not assigned since");
}

void FutureBase::check_thread() const {
  if (loop()) get_loop().check_thread();
}

ch02::EventLoop& FutureBase::any_loop() const {
  if (!loop()) throw std::runtime_error("Event loop is closed");
  return *loop();
}

EventLoop& FutureBase::get_loop() const {
  return static_cast<EventLoop&>(any_loop());
}

std::exception_ptr FutureBase::exception() {
  if (state_ == State::cancelled) std::rethrow_exception(exception_);
  if (!done()) throw InvalidStateError("Exception is not set.");
  exception_unseen_ = false;
  return exception_;
}

void FutureBase::check_result() {
  if (!done()) throw InvalidStateError("Result is not set.");
  exception_unseen_ = false;
  if (exception_) std::rethrow_exception(exception_);
}

void FutureBase::set_exception(std::exception_ptr exception,
                               const Place& where) {
  check_settable("set_exception");
  if (!exception) throw std::invalid_argument("invalid exception object");
  check_can_finish();
  finish(State::finished, std::move(exception), &where);
}

bool FutureBase::cancel(std::optional<std::string> message, Place where) {
  check_thread();
  Cancel cancel{.error = nullptr, .where = where};
  if (!done()) {
    cancel.error = std::make_exception_ptr(CancelledError(std::move(message)));
  }
  return go_and_cancel(cancel);
}

FutureBase* FutureBase::cancel_step(Cancel& cancel, bool) {
  ignore_exception();
  cancel.heard = !done();
  if (cancel.heard) finish(State::cancelled, cancel.error, &cancel.where);
  return nullptr;
}

// For a second reading: link_ leads back to the one that sent us here. A future
// that is on the way already closes a circle: the one that waits for it is told
// so, and must leave the circle.
bool FutureBase::go_and_cancel(Cancel& cancel) {
  const Ref<FutureBase> start(this);
  FutureBase* at = this;
  at->link_ = nullptr;
  at->on_cancel_way_ = true;
  for (bool first = true; at;) {
    FutureBase* const next = at->cancel_step(cancel, first);
    if (next && next->on_cancel_way_) {
      cancel.heard = cancel.circle = true;
      first = false;
    } else if (next) {
      next->link_ = at;
      at = next;
      at->on_cancel_way_ = first = true;
    } else {
      at->on_cancel_way_ = first = false;
      at = at->link_;
    }
  }
  return cancel.heard;
}

// #region check_can_finish
void FutureBase::check_can_finish() {
  check_thread();
  if (done()) throw InvalidStateError("invalid state");
  const EventLoop& loop = get_loop();
  if (!waiters_.empty()) loop.check_closed();
}
// #endregion check_can_finish

void FutureBase::finish(State state, std::exception_ptr exception,
                        const Place* where) {
  state_ = state;
  exception_ = std::move(exception);
  exception_unseen_ = exception_ && state == State::finished;
  get_loop().changing(*this, Change::finish);
  wake_waiters(where);
}

void DoneHandle::become_due(FutureBase& future, const Place* where) {
  future_ = Ref(&future);
  if (where) set_created_at(*where);
}

// #region wake
void FutureBase::wake_waiters(const Place* where) {
  // On a closed loop nothing can be woken. Only cancel() comes here then:
  // destructors call it, so it must not throw.
  const bool closed = get_loop().is_closed();
  while (!waiters_.empty()) {
    const auto [waiter, is_callback] = waiters_.pop_front();
    if (closed) continue;
    if (is_callback) {
      static_cast<DoneHandle&>(*waiter).become_due(*this, where);
    } else {
      get_loop().changing(static_cast<TaskBase&>(*waiter), Change::wake);
    }
    get_loop().schedule_or_report(*waiter);
  }
}
// #endregion wake

void FutureBase::add_callback(Ref<DoneHandle> handle) {
  if (done()) {
    handle->become_due(*this, nullptr);
    get_loop().schedule(*handle);
    return;
  }
  waiters_.push_back(std::move(handle));
}

std::size_t FutureBase::remove_callback(const ch02::Handle& handle) {
  for (LoopObject* object = waiters_.front(); object;
       object = ch02::ObjectQueue::next(*object)) {
    if (object != &handle) continue;
    waiters_.remove(*object);
    return 1;
  }
  return 0;
}

void FutureBase::outlive_loop() {
  if (!done()) {
    state_ = State::cancelled;
    try {
      exception_ =
          std::make_exception_ptr(CancelledError("Event loop is closed"));
    } catch (...) {
      exception_ = std::make_exception_ptr(CancelledError());  // no memory
    }
  }
  waiters_.clear();  // before abandon(), which may destroy some of them
  abandon();
  leave_loop();
}

std::string FutureBase::state_text() const {
  switch (state_) {
    case State::pending:
      return "pending";
    case State::cancelled:
      return "cancelled";
    case State::finished:
      break;
  }
  return "finished";
}

std::string FutureBase::callbacks_text() const {
  if (waiters_.empty()) return "";
  std::string text = waiters_.front()->callback_text();
  const LoopObject* last = waiters_.front();
  while (const LoopObject* next = ch02::ObjectQueue::next(*last)) last = next;
  if (waiters_.size() > 2) {
    text += fmt::format(", <{} more>", waiters_.size() - 2);
  }
  if (waiters_.size() > 1) text += ", " + last->callback_text();
  return " cb=[" + text + "]";
}

std::string FutureBase::repr(Detail detail) const {
  // Futures may wait for each other in a circle, or in a very long chain.
  constexpr int kDeepest = 20;
  static thread_local int depth = 0;
  if (in_repr_ || depth == kDeepest) return "...";
  in_repr_ = true;
  ++depth;
  struct Leave {  // runs even when there is no memory for the text
    bool& in_repr;
    ~Leave() {
      --depth;
      in_repr = false;
    }
  } const leave{in_repr_};
  std::string text = "<" + std::string(class_name()) + " " + state_text();
  text += detail_text(detail);
  if (state_ == State::finished) {
    text += exception_ ? " exception=" + common::repr(exception_)
                       : " result=" + result_text();
  }
  return text + callbacks_text() + created_at_text(detail) + ">";
}

}  // namespace ch03
