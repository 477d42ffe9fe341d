#include "common/clock.hpp"

#include <algorithm>
#include <thread>

namespace common {

using std::chrono::nanoseconds;

nanoseconds Clock::resolution() const { return nanoseconds(1); }

nanoseconds SystemClock::now() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

void SystemClock::sleep(nanoseconds duration) {
  std::this_thread::sleep_for(duration);
}

void VirtualClock::advance(nanoseconds duration) {
  if (duration <= nanoseconds(0)) return;
  // Nothing is later than the end of time.
  now_ += std::min(duration, nanoseconds::max() - now_);
}

SystemClock& system_clock() {
  static SystemClock clock;
  return clock;
}

double to_seconds(nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace common
