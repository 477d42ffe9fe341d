#include "common/clock.hpp"

#include <mutex>
#include <thread>

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

void SystemClock::sleep(nanoseconds duration) {
  std::this_thread::sleep_for(duration);
}

void VirtualClock::advance(Duration duration) {
  if (duration > nanoseconds(0)) now_ = saturated_sum(now_, duration);
}

SystemClock& system_clock() {
  static auto* const clock = new SystemClock;
  return *clock;
}

double to_seconds(nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace common
