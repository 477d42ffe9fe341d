#include "chapters/10_watchdog/sample.hpp"

#include <fmt/format.h>

#include <exception>

#include "chapters/10_watchdog/native_stack.hpp"
#include "common/place.hpp"

namespace ch10 {

using ch03::Frame;

// #region take
void take(const Running& running, Sample& sample) noexcept {
  const auto* const object = running.object.load(std::memory_order_relaxed);
  const Frame* frame = running.frame.load(std::memory_order_relaxed);
  if (object) sample.created_at = object->created_at();
  sample.is_task = running.is_task.load(std::memory_order_relaxed);
  sample.call_count = 0;
  for (; frame && sample.call_count < Sample::kMostCalls;
       frame = frame->caller()) {
    sample.calls[sample.call_count++] = {frame->defined_at(), frame->place()};
  }
  sample.more_calls = frame != nullptr;
  sample.throwing = std::uncaught_exceptions() > 0;
  sample.stack_size = 0;
}
// #endregion take

namespace {

// The innermost one runs: it has passed the co_await that it told last.
std::string where(const Sample::Call& call, bool innermost) {
  if (common::same_place(call.place, call.function)) {
    return "before its first co_await";
  }
  return (innermost ? "after " : "at ") + common::file_line(call.place);
}

}  // namespace

std::string text(const Sample& sample) {
  std::string text =
      fmt::format("\n  a {} created at {}",
                  sample.is_task ? "step of the task" : "callback",
                  common::file_line(sample.created_at));
  if (sample.more_calls) text += "\n  ...";
  for (std::size_t i = sample.call_count; i-- > 0;) {
    const Sample::Call& call = sample.calls[i];
    text += fmt::format("\n  {}() {}", common::function_name(call.function),
                        where(call, i == 0));
  }
  if (sample.throwing) text += "\n    (an exception is on its way: no stack)";
  if (sample.stack_size == 0) return text;
  for (const std::string& line :
       stack_lines({sample.stack.data(), sample.stack_size})) {
    text += "\n    " + line;
  }
  return text;
}

}  // namespace ch10
