// Counts the limit in whole milliseconds, rounded up.

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <chrono>
#include <utility>

namespace exercises {

namespace {

class Alarm {
 public:
  explicit Alarm(std::chrono::nanoseconds limit)
      : task_(ch03::current_task()),
        asked_before_(task_->cancelling()),
        timer_(ch03::get_running_loop().call_later(
            std::chrono::ceil<std::chrono::milliseconds>(limit), [this] {
              rang_ = true;
              task_->cancel();
            })) {}
  ~Alarm() {
    timer_->cancel();
    if (rang_) task_->uncancel();
  }

  // Has it rung, and did nothing else ask the task to stop?
  bool rang_alone() const {
    return rang_ && task_->cancelling() == asked_before_ + 1;
  }

 private:
  ch03::Ref<ch03::TaskBase> task_;
  int asked_before_;
  bool rang_ = false;
  ch03::Ref<ch03::TimerHandle> timer_;
};

}  // namespace

ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit) {
  const Alarm alarm(limit);
  try {
    co_return co_await std::move(work);
  } catch (const ch03::CancelledError&) {
    if (!alarm.rang_alone()) throw;
    throw ch03::TimeoutError();
  }
}

}  // namespace exercises
