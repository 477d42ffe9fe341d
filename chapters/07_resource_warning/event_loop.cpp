#include "chapters/07_resource_warning/event_loop.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "common/first_error.hpp"
#include "common/place.hpp"

namespace ch07 {

namespace {

// #region warn_never_awaited
void warn_never_awaited(const ch03::Frame& frame) noexcept try {
  const std::string name = common::function_name(frame.defined_at());
  std::string text = fmt::format("coroutine '{}' was never awaited", name);
  if (frame.created_at()) {
    text += fmt::format(
        "\nCoroutine created at (most recent call last)\n"
        "  File \"{}\", line {}, in {}",
        common::file_name(*frame.created_at()), frame.created_at()->line(),
        common::function_name(*frame.created_at()));
  }
  warn_from_destructor(text, RuntimeWarning, "<coroutine object " + name + ">",
                       frame.created_at().value_or(frame.defined_at()));
} catch (...) {
  write_unraisable("a coroutine that was never awaited");
}
// #endregion warn_never_awaited

ExceptionContext never_retrieved(FutureBase& future) {
  return {.message = std::string(future.class_name()) +
                     " exception was never retrieved",
          .exception = future.exception(),
          .values = {{"future", future}},
          .source = Ref<LoopObject>(&future)};
}

// The same report for a future whose loop is gone: the log is still there.
void report_orphan(FutureBase& future) noexcept try {
  if (!future.exception_unseen()) return;
  const ExceptionContext context = never_retrieved(future);
  const std::string text = ch02::exception_report(context, future.detail());
  loop_logger().log_text(ERROR, text, context.exception);
} catch (...) {
  write_unraisable("a future that outlived its event loop");
}

// Set before main(): a coroutine needs no loop to be forgotten.
[[maybe_unused]] const bool installed = [] {
  ch03::set_never_awaited_hook(warn_never_awaited);
  ch03::set_orphan_hook(report_orphan);
  return true;
}();

}  // namespace

// #region destructor
EventLoop::~EventLoop() {
  try {
    if (!is_closed()) {
      for (const auto& [text, place] : left_over()) {
        warn_from_destructor(text, ResourceWarning, repr(), place);
      }
      warn_from_destructor("unclosed event loop " + repr(), ResourceWarning,
                           repr(), created_at());
    }
    for (const auto& task : all_tasks()) report_destroyed(*task);
    drop_everything();  // here, while what it drops can still be reported
  } catch (...) {
    write_unraisable("the end of an event loop");
  }
}
// #endregion destructor

// #region close_then_warn
void EventLoop::close() {
  if (is_closed() || is_running()) return ch06::EventLoop::close();
  common::FirstError errors(
      [] { write_unraisable("the close() of an event loop"); });
  std::vector<LeftOver> left;
  take_posts();  // these are also left over
  errors.attempt([&] { left = left_over(); });
  errors.attempt([&] { ch06::EventLoop::close(); });
  for (const LeftOver& each : left) {
    errors.attempt([&] { warn(each.text, ResourceWarning, each.created_at); });
  }
  errors.rethrow();
}
// #endregion close_then_warn

std::vector<EventLoop::LeftOver> EventLoop::left_over() const {
  using Kind = Scheduled::Kind;
  constexpr std::size_t kMostTold = 10;  // of a kind; the rest is counted
  std::vector<LeftOver> left;
  std::map<std::string_view, std::size_t> counts;
  const auto add = [&](std::string_view kind, const LoopObject& object,
                       int fd = -1) {
    if (++counts[kind] > kMostTold) return;
    const std::string of_fd = fd < 0 ? "" : fmt::format(" of fd {}", fd);
    left.push_back({fmt::format("{}{} left when the event loop was closed: {}",
                                kind, of_fd, object.repr()),
                    object.created_at()});
  };
  // #region what_is_left
  for (const auto& [kind, object, fd] : scheduled()) {
    // A task that is about to run is pending, and is listed below.
    const bool is_task = dynamic_cast<const FutureBase*>(object) != nullptr;
    if (kind == Kind::ready && !is_task) add("callback", *object);
    if (kind == Kind::timer) add("timer", *object);
    if (kind == Kind::reader) add("reader", *object, fd);
    if (kind == Kind::writer) add("writer", *object, fd);
  }
  for (const auto& task : all_tasks()) add("pending task", *task);
  // #endregion what_is_left
  for (const auto& [kind, count] : counts) {
    if (count <= kMostTold) continue;
    left.push_back({fmt::format("{}: {} more left when the event loop was "
                                "closed",
                                kind, count - kMostTold),
                    created_at()});
  }
  return left;
}

// #region drop
void EventLoop::changing(FutureBase& future, Change change) noexcept {
  ch06::EventLoop::changing(future, change);
  if (change != Change::drop) return;
  if (future.done() && !future.exception_unseen()) return;  // all is well
  auto* const task = dynamic_cast<TaskBase*>(&future);
  if (task && !task->done()) report_destroyed(*task);
  if (future.exception_unseen()) {
    report_with([&future] { return never_retrieved(future); });
  }
}
// #endregion drop

void EventLoop::report_destroyed(TaskBase& task) noexcept {
  if (!task.log_destroy_pending()) return;
  // Once, as in Python, even if a handler keeps the task for a while.
  task.set_log_destroy_pending(false);
  report_with([&] {
    return ExceptionContext{.message = "Task was destroyed but it is pending!",
                            .values = {{"task", task}},
                            .source = Ref<LoopObject>(&task)};
  });
}

}  // namespace ch07
