// A recorded loop that hears warnings.
#pragma once

#include <concepts>
#include <new>
#include <source_location>
#include <string>
#include <type_traits>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/output.hpp"
#include "common/trace/06_slow_callback.hpp"

namespace common::detail {

// Replaces the function that shows warnings, and passes each one on to it. A
// function that the program sets later replaces this one, and is not recorded.
struct WarningListener {
  static void begin() {
    ch07::set_showwarning(WarningListener{ch07::get_showwarning()});
  }
  static void end() noexcept {
    try {
      const ch07::ShowWarning now = ch07::get_showwarning();
      const auto* const mine = now.target<WarningListener>();
      if (mine) ch07::set_showwarning(mine->show);
    } catch (const std::bad_alloc&) {
      return;  // it stays; without a trace it only shows warnings
    }
  }

  void operator()(const ch07::WarningMessage& message) const {
    hear(message);
    if (show) return show(message);
    write_error(ch07::format_warning(message));
  }
  static void hear(const ch07::WarningMessage& message) noexcept {
    try {
      Trace* const trace = Trace::active();
      if (!trace) return;
      trace->event({'i', "warning", message.text,
                    TraceArgs()
                        .text("level", "WARNING")
                        .text("category", message.category->name())
                        .text("loc", message.file + ":" +
                                         std::to_string(message.line))});
    } catch (...) {
      ch07::write_unraisable("a trace of warnings");
    }
  }

  ch07::ShowWarning show;  // empty: to standard error
};

template <class Loop>
class RecordedWarnings : private Listening<WarningListener>,
                         public RecordedStopwatch<Loop> {
 public:
  RecordedWarnings(Clock& clock, Trace* trace, std::source_location where)
      : Listening<WarningListener>(trace),
        RecordedStopwatch<Loop>(clock, trace, where) {}
};

template <class Loop>
concept HasWarnings =
    HasStopwatch<Loop> && std::derived_from<Loop, ch07::EventLoop>;
template <HasWarnings Loop>
struct Layer<Loop> : std::type_identity<RecordedWarnings<Loop>> {};

}  // namespace common::detail
