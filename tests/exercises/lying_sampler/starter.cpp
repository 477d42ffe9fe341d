// Exercise lying_sampler (chapter 11): "p99 10 ms", and it stood still half of
// the time.
//
//   ./workbook check lying_sampler    judges this file
//   ./workbook hint lying_sampler     says a little more, each time

#include "chapters/11_pulse/exercises/lying_sampler.hpp"

#include <algorithm>

namespace exercises {

Sampler::Sampler(ch11::EventLoop& loop) : loop_(loop) {
  timer_ = loop_.call_later(kBeat, [this] { beat(); });
  next_ = timer_->when();
}

Sampler::~Sampler() { stop(); }

void Sampler::stop() {}

// TODO: this one is asleep when it matters. Note a visitor for each beat that
// is over, set the timer for the next beat on the grid, and let stop() cancel
// it. Then see whether at() is right for few visitors. check says 6 of 6
// points.
void Sampler::beat() {
  waits_.push_back(loop_.time() - next_);
  timer_ = loop_.call_later(kBeat, [this] { beat(); });
  next_ = timer_->when();
}

std::chrono::nanoseconds Sampler::at(double share) const {
  auto sorted = waits_;
  std::ranges::sort(sorted);
  return sorted.at(
      static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1)));
}

}  // namespace exercises
