// Exercise with_timeout (chapter 3): work that may take only so long.
//
//   ./workbook check with_timeout    judges this file
//   ./workbook hint with_timeout     says a little more, each time
//
// In use:
//
//   try {
//     const auto soup = co_await exercises::with_timeout(cook("soup"), 30ms);
//   } catch (const ch03::TimeoutError&) {
//     ... cook() was cancelled 30 ms after it began
//   }

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <utility>

namespace exercises {

ch03::Coroutine<std::string> with_timeout(
    ch03::Coroutine<std::string> work,
    [[maybe_unused]] std::chrono::nanoseconds limit) {
  // TODO: set a timer with call_later that cancels ch03::current_task(), and
  // tell its CancelledError from those of others. Then the work that takes too
  // long tidies up at the limit, and the caller gets a TimeoutError.
  co_return co_await std::move(work);
}

}  // namespace exercises
