// time() + limit overflows, and the longest limit has passed at once.

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <utility>

namespace exercises {

namespace {

struct Limit {
  ch03::Ref<ch03::TaskBase> task = ch03::current_task();
  int before = task->cancelling();
  bool expired = false;
  ch03::Ref<ch03::TimerHandle> timer = nullptr;

  // Was it only the limit that cancelled the task?
  bool alone() {
    if (!std::exchange(expired, false)) return false;
    return task->take_request_back() <= before;
  }
  ~Limit() {
    if (timer) timer->discard();
    alone();
  }
};

}  // namespace

ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit) {
  ch03::EventLoop& loop = ch03::get_running_loop();
  Limit scope;
  const std::chrono::nanoseconds deadline = loop.time() + limit;
  scope.timer = loop.call_at(deadline, [&scope, task = scope.task] {
    scope.expired = true;
    task->cancel();
  });
  try {
    co_return co_await std::move(work);
  } catch (const ch03::CancelledError&) {
    if (!scope.alone()) throw;
    throw ch03::TimeoutError();
  }
}

}  // namespace exercises
