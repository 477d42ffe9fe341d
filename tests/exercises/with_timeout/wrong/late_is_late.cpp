// Throws away a result that comes after the limit.

#include "chapters/03_coroutine_task/exercises/with_timeout.hpp"

#include <utility>

namespace exercises {

namespace {

class Alarm {
 public:
  explicit Alarm(std::chrono::nanoseconds limit)
      : task_(ch03::current_task()),
        asked_before_(task_->cancelling()),
        timer_(ch03::get_running_loop().call_later(limit, [this] {
          rang_ = true;
          task_->cancel();
        })) {}
  // Cancelled on every way out, or it would cancel what the task does next.
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
    auto result = co_await std::move(work);
    if (alarm.rang_alone()) throw ch03::TimeoutError();
    co_return result;
  } catch (const ch03::CancelledError&) {
    if (!alarm.rang_alone()) throw;
    throw ch03::TimeoutError();
  }
}

}  // namespace exercises
