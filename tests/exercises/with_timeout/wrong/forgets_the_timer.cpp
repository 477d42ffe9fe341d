// Leaves its timer behind, unless it has rung.

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <utility>

namespace exercises {

ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit) {
  const auto task = ch03::current_task();
  auto& loop = ch03::get_running_loop();
  const auto deadline = loop.time() + limit;
  const int before = task->cancelling();
  loop.call_later(limit, [task] { task->cancel(); });
  std::string result;
  std::exception_ptr error;
  try {
    result = co_await std::move(work);
  } catch (const ch03::CancelledError&) {
    const bool alone = task->cancelling() == before + 1;
    error = loop.time() >= deadline && alone
                ? std::make_exception_ptr(ch03::TimeoutError())
                : std::current_exception();
  } catch (...) {
    error = std::current_exception();
  }
  if (loop.time() >= deadline && task->cancelling() > before) task->uncancel();
  if (error) std::rethrow_exception(error);
  co_return result;
}

}  // namespace exercises
