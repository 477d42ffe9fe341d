// Takes a rounding error off the share: of a very small share nothing is left,
// and the answer is in front of the first visitor.

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
  const double wanted = std::ceil(share * static_cast<double>(sorted.size()) -
                                  1e-9);  // rounding errors
  return sorted.at(static_cast<std::size_t>(wanted) - 1);
}

}  // namespace exercises
