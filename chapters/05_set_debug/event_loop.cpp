#include "chapters/05_set_debug/event_loop.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "common/place.hpp"

namespace ch05 {

namespace {

// #region environment
bool debug_from_environment() {
  const char* const variable = std::getenv("ASYNCIO_DEBUG");
  const std::string_view value = variable ? variable : "";
  if (value == "1") return true;
  if (value == "0" || value.empty()) return false;
  throw std::invalid_argument(
      fmt::format("ASYNCIO_DEBUG is {}: set it to 1 for debug mode, or to 0",
                  common::repr(value)));
}
// #endregion environment

// A traceback of one frame: we know only the line that created the object.
std::string created_by(std::string_view what, const LoopObject& object) {
  const std::source_location& place = object.created_at();
  return fmt::format(
      "{} created at (most recent call last):\n"
      "  File \"{}\", line {}, in {}",
      what, common::file_name(place), place.line(),
      common::function_name(place));
}

}  // namespace

// #region set_debug
EventLoop::EventLoop(common::Clock& clock,
                     std::unique_ptr<ch01::Selector> selector, Place where)
    : ch04::EventLoop(clock, std::move(selector), where) {
  if (debug_from_environment()) set_detail(common::Detail::full);
}

void EventLoop::set_debug(common::Switch enabled) {
  check_thread();
  set_detail(enabled ? common::Detail::full : common::Detail::brief);
}
// #endregion set_debug

void EventLoop::close() {
  const bool was_open = !is_closed();
  const std::string text = repr();
  ch04::EventLoop::close();
  if (debug() && was_open) loop_logger().debug("Close {}", text);
}

// #region check_thread
void EventLoop::check_thread() const {
  if (debug() && in_other_thread()) {
    throw std::runtime_error(
        "Non-thread-safe operation invoked on an event loop other than the "
        "current one: use call_soon_threadsafe() there");
  }
}
// #endregion check_thread

// #region report
void EventLoop::default_exception_handler(const ExceptionContext& context) {
  if (!debug()) return ch04::EventLoop::default_exception_handler(context);
  ExceptionContext more = context;
  const auto tell = [&more](const char* key, std::string traceback) {
    more.values.emplace(key, ch02::ContextValue::plain(std::move(traceback)));
  };
  if (context.source) {
    tell("source_traceback", created_by("Object", *context.source));
  } else if (current_handle_ && !context.values.contains("source_traceback")) {
    tell("handle_traceback", created_by("Handle", *current_handle_));
  }
  ch04::EventLoop::default_exception_handler(more);
}
// #endregion report

}  // namespace ch05
