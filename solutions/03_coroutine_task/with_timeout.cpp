// Exercise with_timeout (chapter 3), solved.
//
// The timer does what any code can do: it asks the task to stop. The work hears
// of it where it waits, however deep that is, and has time to tidy up. All the
// rest is about whose request it was, and about leaving no trace.
//
// "The timer has rung" is not enough to tell: something else may have asked in
// the same iteration, and a task that was stopped must not go on after a
// TimeoutError. So the requests are counted, and our own is taken back.
//
// Another way: make the work a task, and let the timer cancel that one. Then
// our request never reaches the task that awaits, so its cancelling() alone
// says whether other code has asked. It costs a task.

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
    co_return co_await std::move(work);
  } catch (const ch03::CancelledError&) {
    if (!alarm.rang_alone()) throw;
    throw ch03::TimeoutError();
  }
}

}  // namespace exercises
