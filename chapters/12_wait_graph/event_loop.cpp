#include "chapters/12_wait_graph/event_loop.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "chapters/04_logging/logging_error.hpp"

namespace ch12 {

namespace {

constexpr const char* kRequested = "Who waits for whom:";
constexpr const char* kStuck =
    "Only another thread could wake this loop now: it has no callback, no "
    "timer and no descriptor. Who waits for whom:";

}  // namespace

EventLoop::~EventLoop() {
  GraphOnSignal::forget(*this);
  const std::lock_guard lock(expecting_->mutex);
  expecting_->loop = nullptr;
}

std::string EventLoop::wait_graph() const {
  return WaitGraph(all_tasks(), time(), owners_).text();
}

void EventLoop::changing(FutureBase& future, Change change) noexcept {
  ch11::EventLoop::changing(future, change);
  if (change == Change::finish || change == Change::drop) {
    if (!owners_.empty()) owners_.erase(&future);
  }
  if (!debug()) return;
  // #region notes
  if (change == Change::create) {
    auto& notes = static_cast<TaskBase&>(future).notes;
    notes.number = ++tasks_made_;
    const auto* const maker = TaskBase::current_or_null();
    if (maker && &maker->get_loop() == this) notes.maker = maker->notes.number;
  } else if (change == Change::wait) {
    static_cast<TaskBase&>(future).notes.waits_since = coarse_time();
    waits_are_new_ = true;
  }
  // #endregion notes
}

void EventLoop::note_owner(const FutureBase& future, const TaskBase* task) {
  check_thread();
  owners_.erase(&future);
  if (!task || future.done() || task->notes.number == 0) return;
  owners_[&future] = {task->notes.number, task->get_name()};
}

// #region request
void EventLoop::request_wait_graph() noexcept {
  requested_ = true;
  wake();
}

void EventLoop::wake() noexcept {
  const int error_before = errno;
  const char byte = 0;
  // It fails if the pipe is full, and then the loop is about to wake.
  [[maybe_unused]] const auto written = ::write(wake_up_fd(), &byte, 1);
  errno = error_before;
}
// #endregion request

// #region only_threads
bool EventLoop::only_threads_can_wake() const {
  const bool only_wake_pipe = selector().get_map()->size() == 1;
  if (!only_wake_pipe || any_posts()) return false;
  const std::lock_guard lock(expecting_->mutex);
  return expecting_->alive == 0;
}
// #endregion only_threads

std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  if (requested_ && requested_.exchange(false)) {
    log_graph(ch04::WARNING, kRequested);
  }
  // #region select
  const bool may_last = !timeout && debug() && waits_are_new_;
  if (!may_last || !only_threads_can_wake()) {
    return ch11::EventLoop::select(timeout);
  }
  const bool waits = !clock().is_virtual();
  const auto events =
      ch11::EventLoop::select(waits ? deadlock_after : nanoseconds(0));
  if (!events.empty() || requested_ || !only_threads_can_wake()) return events;
  waits_are_new_ = false;  // one report is enough
  if (!all_tasks().empty()) {
    log_graph(ch04::ERROR, kStuck);
    if (throw_on_deadlock) throw Deadlock("Nothing can wake this event loop");
  }
  return ch11::EventLoop::select(std::nullopt);
  // #endregion select
}

void EventLoop::log_graph(int level, const char* text) const noexcept {
  try {
    const std::string graph = wait_graph();
    loop_logger().log_text(level, graph.empty()
                                      ? "No task is pending."
                                      : fmt::format("{}\n{}", text, graph));
  } catch (...) {
    ch04::report_logging_error(std::current_exception(), created_at(), text);
  }
}

}  // namespace ch12
