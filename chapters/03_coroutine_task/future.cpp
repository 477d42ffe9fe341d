#include "chapters/03_coroutine_task/future.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/place.hpp"

namespace ch03 {

using common::Detail;
using common::Ref;

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

// #region dispose
void FutureBase::dispose() noexcept {
  // The end of a task ends what its coroutines held, maybe another task, and
  // so on. One after the other: nested, a long row of them would need a stack
  // as long.
  static thread_local constinit FutureBase* first = nullptr;
  static thread_local constinit FutureBase** end = nullptr;
  add_ref();  // whole, and nobody's
  const bool is_first = end == nullptr;
  (is_first ? first : *end) = this;
  end = &next_dying_;
  if (!is_first) return;
  while (first) {
    FutureBase* const future = first;
    first = std::exchange(future->next_dying_, nullptr);
    if (!first) end = &first;
    if (future->refs() == 1 && future->loop()) {
      future->get_loop().changing(*future, Change::drop);
    }
    if (future->refs() == 1) {
      delete future;
    } else {
      future->release();  // Meanwhile somebody has woken it: it lives on.
    }
  }
  end = nullptr;
}
// #endregion dispose

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

void FutureBase::set_exception(std::exception_ptr exception) {
  check_settable("set_exception");
  if (!exception) throw std::invalid_argument("invalid exception object");
  check_can_finish();
  finish(State::finished, std::move(exception));
}

bool FutureBase::cancel(std::optional<std::string> message) {
  ignore_exception();
  if (done()) return false;
  get_loop().check_thread();
  finish(State::cancelled,
         std::make_exception_ptr(CancelledError(std::move(message))));
  return true;
}

// #region finish
// #region check_can_finish
void FutureBase::check_can_finish() {
  if (done()) throw InvalidStateError("invalid state");
  EventLoop& loop = get_loop();
  loop.check_thread();
  if (!waiters_.empty()) loop.check_closed();
}
// #endregion check_can_finish

void FutureBase::finish(State state, std::exception_ptr exception) {
  state_ = state;
  exception_ = std::move(exception);
  exception_unseen_ = exception_ && state == State::finished;
  get_loop().changing(*this, Change::finish);
  wake_waiters();
}

// #region wake
void FutureBase::wake_waiters() {
  // On a closed loop nobody can be woken. Only cancel() comes here then:
  // destructors call it, and must not be punished.
  const bool closed = get_loop().is_closed();
  while (!waiters_.empty()) {
    const auto [waiter, is_callback] = waiters_.pop_front();
    if (closed) continue;
    if (is_callback) {
      static_cast<DoneHandle&>(*waiter).future_ = Ref(this);
    } else {
      get_loop().changing(static_cast<TaskBase&>(*waiter), Change::wake);
    }
    get_loop().schedule(*waiter);
  }
}
// #endregion wake
// #endregion finish

void FutureBase::add_callback(Ref<DoneHandle> handle) {
  if (done()) {
    handle->future_ = Ref(this);
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

void FutureBase::leave_loop() {
  if (!done()) {
    state_ = State::cancelled;
    try {
      exception_ =
          std::make_exception_ptr(CancelledError("Event loop is closed"));
    } catch (...) {
      exception_ = std::make_exception_ptr(CancelledError());  // no memory
    }
  }
  abandon();
  waiters_.clear();
  forget_loop();
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
  // Futures may wait for each other in a circle, or in a very long row.
  constexpr int kDeepest = 20;
  static thread_local int depth = 0;
  if (in_repr_ || depth == kDeepest) return "...";
  in_repr_ = true;
  ++depth;
  struct Leave {  // also when there is no memory for the text
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
