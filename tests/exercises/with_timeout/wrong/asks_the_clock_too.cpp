// The limit must have passed by the clock, though the timer has run.

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <utility>

namespace exercises {

namespace {

struct Limit {
  ch03::Ref<ch03::TaskBase> task = ch03::current_task();
  bool asked = false;
  ch03::Ref<ch03::TimerHandle> timer = nullptr;

  void take_back() {
    if (std::exchange(asked, false)) task->take_request_back();
  }
  ~Limit() {
    if (timer) timer->discard();
    take_back();
  }
};

}  // namespace

ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit) {
  ch03::EventLoop& loop = ch03::get_running_loop();
  Limit scope;
  const int before = scope.task->cancelling();
  const auto deadline = common::saturated_sum(loop.time(), limit);
  scope.timer = loop.call_at(deadline, [&scope, task = scope.task] {
    scope.asked = true;
    task->cancel();
  });
  try {
    co_return co_await std::move(work);
  } catch (const ch03::CancelledError&) {
    const bool ours = scope.asked;
    scope.take_back();
    const bool others = scope.task->cancelling() > before;
    if (!ours || others || loop.time() < deadline) throw;
    throw ch03::TimeoutError();
  }
}

}  // namespace exercises
