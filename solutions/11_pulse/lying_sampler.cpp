// Exercise lying_sampler (chapter 11), solved.
//
// The timer is late when the loop is, so it runs once in a stall of two
// seconds, and 199 visitors come while it does not look. Their waits are known
// all the same: the beats are a grid, and the loop went on now.
//
// The grid must not depend on when the callback ran. call_later() after a stall
// would begin a new grid, and after many small delays the beats would be spread
// where the loop is quick.
//
// Another way: ask the loop. pulse().moments_wait() needs no timer, so it does
// not wake an idle loop a hundred times a second, and sees every turn.

#include "chapters/11_pulse/exercises/lying_sampler.hpp"

#include <algorithm>
#include <cmath>

namespace exercises {

Sampler::Sampler(ch11::EventLoop& loop) : loop_(loop) {
  timer_ = loop_.call_later(kBeat, [this] { beat(); });
  next_ = timer_->when();
}

Sampler::~Sampler() { stop(); }

void Sampler::stop() {
  if (timer_) timer_->cancel();
  timer_ = nullptr;
}

void Sampler::beat() {
  const nanoseconds now = loop_.time();
  for (; next_ <= now; next_ += kBeat) waits_.push_back(now - next_);
  timer_ = loop_.call_at(next_, [this] { beat(); });
}

std::chrono::nanoseconds Sampler::at(double share) const {
  if (waits_.empty()) return nanoseconds(0);
  auto sorted = waits_;
  std::ranges::sort(sorted);
  const double wanted = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted.at(static_cast<std::size_t>(wanted) - 1);
}

}  // namespace exercises
