#include "chapters/03_coroutine_task/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/output.hpp"
#include "common/place.hpp"

namespace ch03 {

using common::Detail;
using common::Ref;

thread_local constinit EventLoop* Frame::listener_ = nullptr;
thread_local constinit TaskBase* TaskBase::current_ = nullptr;

namespace {
std::atomic<std::uint64_t> tasks_named = 0;  // in this process
}

TaskBase::TaskBase(EventLoop& loop, std::source_location where, Frame& root,
                   std::string name)
    : FutureBase(loop, where),
      root_(&root),
      top_(&root),
      defined_at_(root.defined_at()) {
  kind_ = Kind::task;
  if (name.empty()) {
    number_ = ++tasks_named;
  } else {
    set_name(std::move(name));
  }
}

TaskBase::~TaskBase() {
  report_if_not_started();
  destroy_frames();
}

// A coroutine whose task never took a step was never awaited either.
void TaskBase::report_if_not_started() const noexcept {
  if (root_ && !root_->started()) report_never_awaited(*root_);
}

std::string TaskBase::get_name() const {
  return name_ ? *name_ : "Task-" + std::to_string(number_);
}

void TaskBase::set_name(std::string name) {
  check_thread();
  name_ = std::make_unique<std::string>(std::move(name));
}

void TaskBase::run() noexcept {
  if (pending_ && waiting_on_) drop_second_cancel();
  cancel_on_its_way_ = false;
  waiting_on_ = nullptr;
  // Not always nullptr: the child of a fork() may run a new loop inside a step.
  TaskBase* const outer = std::exchange(current_, this);
  if (pending_ && !root_->started()) {
    // Cancelled before the first step: the body never runs.
    const auto error = std::exchange(pending_, nullptr);
    destroy_frames();
    finish(State::cancelled, error);
  } else {
    top_->tell(Move::enter);
    // #region drive
    suspended_ = false;
    while (top_ && !suspended_) top_->resume();
    if (!top_) end();
    // #endregion drive
  }
  current_ = outer;
}

// #region push
void TaskBase::push(Frame& callee, Frame& caller) {
  callee.caller_ = &caller;
  top_ = &callee;
  callee.tell(Move::enter);
}
// #endregion push

void Frame::tell_listener(Move move) const noexcept {
  // The child of a fork() may run another loop inside a step: that one's tasks
  // are none of this listener's.
  if (&TaskBase::current().get_loop() == listener_) {
    listener_->moving(*this, move);
  }
}

void TaskBase::drop_second_cancel() {
  // If the future was cancelled too, its message came first and wins.
  try {
    waiting_on_->check_result();
  } catch (const CancelledError&) {
    pending_ = nullptr;
  } catch (...) {
    return;  // The future ended before the cancellation, which wins.
  }
}

void TaskBase::end() {
  State state = State::finished;
  std::exception_ptr error;
  try {
    finish_from(*root_);
  } catch (const CancelledError&) {
    state = State::cancelled;
    error = std::current_exception();
  } catch (...) {
    error = std::current_exception();
  }
  std::exchange(root_, nullptr)->destroy();
  // It was asked to stop, but never waited again: it is cancelled now.
  const auto late = std::exchange(pending_, nullptr);
  if (late && !error) return finish(State::cancelled, late);
  finish(state, std::move(error));
}

void TaskBase::start_waiting(FutureBase& future) {
  // The next step throws the error, as in asyncio.
  if (cannot_wait_for(future)) return yield();
  // #region join_waiters
  suspended_ = true;
  waiting_on_ = Ref(&future);
  future.waiters_.push_back_unowned(*this);
  // #endregion join_waiters
  get_loop().changing(*this, Change::wait);
  if (!pending_) return;
  // It was cancelled before it began to wait: the future delivers that.
  //
  // For a second reading: if the task waits for itself in a circle,
  // cancel_step() has taken it out: then waiting_on_ is empty, and the error
  // stays.
  Cancel cancel{.error = pending_, .where = top_->place()};
  if (future.go_and_cancel(cancel) && waiting_on_) pending_ = nullptr;
}

void TaskBase::throw_cannot_wait(const FutureBase& future) const {
  throw std::runtime_error(
      &future == this
          ? "Task cannot await on itself: " + repr()
          : fmt::format("Task {} got Future {} attached to a different loop",
                        repr(), future.repr()));
}

std::vector<FutureBase*> TaskBase::waits_for() const {
  if (!waiting_on_ || waiting_on_->done()) return {};  // it has its turn next
  return {waiting_on_.get()};
}

void TaskBase::stop_waiting() {
  if (waiting_on_ && !waiting_on_->done()) waiting_on_->waiters_.remove(*this);
  waiting_on_ = nullptr;
  suspended_ = false;
}

FutureBase* TaskBase::cancel_step(Cancel& cancel, bool first) {
  if (first) {
    ignore_exception();
    cancel.heard = false;
    if (done()) return nullptr;
    get_loop().changing(*this, Change::cancel);
    ++cancel_requests_;
    // #region cancel_future
    // The future that it waits for delivers the cancellation; if there is none,
    // the next step does.
    if (waiting_on_) return waiting_on_.get();
  }
  if (!cancel.heard || cancel.circle) pending_ = cancel.error;
  // #endregion cancel_future
  if (cancel.circle) {
    // For a second reading: it waits, by way of others, for itself, which would
    // never end. So it leaves the circle, and the next step throws the error.
    stop_waiting();
    suspended_ = cancel_on_its_way_ = true;
    get_loop().changing(*this, Change::wake);
    get_loop().schedule_or_report(*this);
  }
  const bool waits = waiting_on_ && !waiting_on_->done();
  if (!waits && !queued_ && current_ != this) {
    // It should be in the ready queue, but was refused: try again.
    get_loop().schedule_or_report(*this);
  }
  cancel.heard = true;
  cancel.circle = false;
  return nullptr;
}

int TaskBase::uncancel() {
  check_thread();
  return take_request_back();
}

int TaskBase::take_request_back() {
  // When no request is left, one that has not been delivered is withdrawn.
  if (cancel_requests_ == 0) return 0;
  --cancel_requests_;
  if (cancel_requests_ == 0 && !cancel_on_its_way_) pending_ = nullptr;
  return cancel_requests_;
}

void TaskBase::destroy_frames() noexcept {
  stop_waiting();
  // Innermost first: a frame may use objects of its callers.
  if (!top_) top_ = root_;
  root_ = nullptr;
  while (top_) {
    Frame* const frame = top_;
    top_ = frame->caller_;
    frame->destroy();
  }
}

void TaskBase::abandon() {
  report_if_not_started();
  destroy_frames();
}

std::vector<const Frame*> TaskBase::get_stack() const {
  std::vector<const Frame*> stack;
  for (const Frame* frame = top_; frame; frame = frame->caller()) {
    stack.push_back(frame);
  }
  std::ranges::reverse(stack);
  return stack;
}

void TaskBase::print_stack(std::FILE* file) const {
  const auto stack = get_stack();
  std::string text =
      stack.empty()
          ? fmt::format("No stack for {}\n", repr())
          : fmt::format("Stack for {} (most recent call last):\n", repr());
  for (const Frame* frame : stack) {
    text += fmt::format(
        "  File \"{}\", line {}, in {}\n", common::file_name(frame->place()),
        frame->place().line(), common::function_name(frame->defined_at()));
  }
  common::write_text(file ? file : stderr, text, "the file of print_stack()");
}

std::string TaskBase::state_text() const {
  if (!done() && cancel_requests_ > 0) return "cancelling";
  return FutureBase::state_text();
}

std::string TaskBase::detail_text(Detail detail) const {
  std::string text =
      fmt::format(" name={} coro=<{}()", common::repr(get_name()),
                  common::function_name(defined_at_));
  if (done() || !root_) {
    text += " done, defined at " + common::file_line(defined_at_);
  } else {
    text += " running at " + common::file_line(root_->place());
    if (!root_->started()) text += " (not started)";
  }
  text += ">";
  if (waiting_on_) text += " wait_for=" + waiting_on_->repr(detail);
  return text;
}

void TaskBase::check_settable(const char* operation) const {
  throw std::runtime_error(
      fmt::format("Task does not support {} operation", operation));
}

}  // namespace ch03
