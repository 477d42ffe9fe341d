#include "common/clock.hpp"

#include <algorithm>
#include <ctime>
#include <mutex>
#include <thread>
#include <utility>

#include "common/fork_lock.hpp"

namespace common {

using std::chrono::nanoseconds;

namespace {

// Takes the place of a clock that was destroyed.
class GoneClock final : public Clock {
 public:
  nanoseconds now() const override { throw_gone(); }
  void sleep(nanoseconds) override { throw_gone(); }

 private:
  [[noreturn]] static void throw_gone() {
    throw std::runtime_error(
        "The clock of this event loop has been destroyed: it must outlive the "
        "loop");
  }
};

Clock& gone_clock() {
  static auto* const clock = new GoneClock;
  return *clock;
}

}  // namespace

Clock::~Clock() {
  const std::lock_guard lock(fork_lock());
  for (ClockRef* user = users_; user; user = user->next_) {
    user->clock_ = &gone_clock();
  }
}

ClockRef::ClockRef(Clock& clock) : clock_(&clock) {
  const std::lock_guard lock(fork_lock());
  next_ = clock.users_;
  if (next_) next_->previous_ = this;
  clock.users_ = this;
}

ClockRef::~ClockRef() {
  const std::lock_guard lock(fork_lock());
  if (next_) next_->previous_ = previous_;
  if (previous_) {
    previous_->next_ = next_;
  } else if (clock_->users_ == this) {
    clock_->users_ = next_;
  }
}

nanoseconds Clock::resolution() const { return nanoseconds(1); }

nanoseconds SystemClock::now() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

#ifdef CLOCK_MONOTONIC_COARSE
// Linux keeps the time of the last tick in memory: steady_clock's, without what
// has passed since.
nanoseconds SystemClock::coarse_now(nanoseconds behind) const {
  timespec time;
  static const nanoseconds tick = [&time] {
    return ::clock_getres(CLOCK_MONOTONIC_COARSE, &time) == 0
               ? to_nanoseconds(time)
               : nanoseconds::max();
  }();
  if (behind < tick || ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time) != 0) {
    return now();
  }
  return to_nanoseconds(time);
}
#else
nanoseconds SystemClock::coarse_now(nanoseconds) const { return now(); }
#endif

void SystemClock::sleep(nanoseconds duration) {
  std::this_thread::sleep_for(duration);
}

void VirtualClock::advance(Duration duration) {
  if (duration <= nanoseconds(0)) return;
  // Not now(): a clock that is derived may show another time.
  const nanoseconds end = saturated_sum(now_.load(), duration);
  while (alarm_ && *alarm_ <= end) {
    now_ = std::max(now_.load(), *alarm_);
    alarm_.reset();  // `ring` may move the clock, too
    const Ring ring = ring_;
    const auto next = ring();
    if (next && *next > now_.load()) alarm_ = next;
  }
  now_ = std::max(now_.load(), end);
}

void VirtualClock::set_alarm(nanoseconds when, Ring ring) {
  alarm_ = when;
  ring_ = std::move(ring);
}

SystemClock& system_clock() {
  static auto* const clock = new SystemClock;
  return *clock;
}

double to_seconds(nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace common
