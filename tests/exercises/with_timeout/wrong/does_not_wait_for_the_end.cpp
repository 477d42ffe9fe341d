// Throws TimeoutError at the limit, while the work still has to tidy up.

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <utility>

namespace exercises {

ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit) {
  auto& loop = ch03::get_running_loop();
  const auto task = loop.create_task(std::move(work));
  const auto over = loop.create_future<>();
  const auto end = [over](const auto&) {
    if (!over.done()) over.set_result();
  };
  task.add_done_callback(end);
  const auto timer = loop.call_later(limit, [over] {
    if (!over.done()) over.set_result();
  });
  try {
    co_await over;
  } catch (const ch03::CancelledError&) {
    timer->cancel();
    task.cancel();
    throw;
  }
  timer->cancel();
  if (task.done()) co_return task.result();
  task.cancel();
  throw ch03::TimeoutError();
}

}  // namespace exercises
