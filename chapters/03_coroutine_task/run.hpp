// Programs whose main is a coroutine.
#pragma once

#include <optional>
#include <source_location>
#include <stdexcept>
#include <utility>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/first_error.hpp"

namespace ch03 {

// Cancels the tasks that are left, and waits until they have ended.
void cancel_all_tasks(EventLoop& loop);

// A loop for one coroutine: runs it to its end, cancels the tasks that are
// left, and closes.  asyncio.run
//
// Later chapters call it with their own class of loop, and with a function that
// prepares the loop.
template <class Loop, class T, class Prepare>
T run_on(Coroutine<T> main, common::Clock& clock, std::source_location where,
         Prepare prepare) {
  if (ch02::get_running_loop_or_null()) {
    throw std::runtime_error(
        "asyncio.run() cannot be called from a running event loop");
  }
  Loop loop(clock, ch01::default_selector(), where);
  std::optional<ValueOf<T>> result;
  common::FirstError errors([&loop] {
    loop.report_with([] {
      return ExceptionContext{
          .message = "unhandled exception during asyncio.run() shutdown",
          .exception = std::current_exception()};
    });
  });
  errors.attempt([&] {
    prepare(loop);
    const Task<T> task = loop.create_task(std::move(main), {}, where);
    if constexpr (std::is_void_v<T>) {
      loop.run_until_complete(task, where);
    } else {
      result.emplace(loop.run_until_complete(task, where));
    }
  });
  errors.attempt([&] { cancel_all_tasks(loop); });
  errors.attempt([&] { loop.close(); });
  errors.rethrow();
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// The options of asyncio.run().
struct RunOptions {
  common::Clock* clock = nullptr;  // nullptr: the system's clock
};

inline common::Clock& clock_of(const auto& options) {
  return options.clock ? *options.clock : common::system_clock();
}

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return run_on<EventLoop>(std::move(main), clock_of(options), where,
                           [](EventLoop&) {});
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch03::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch03
