// A function that awaits itself gets the same stretch once for each frame.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include "common/place.hpp"

namespace exercises {

namespace {

std::string name_of(const ch07::Frame& frame) {
  return common::function_name(frame.defined_at());
}

}  // namespace

void ProfilingLoop::moving(const ch07::Frame& frame, ch07::Move move) noexcept {
  const nanoseconds now = time();
  const nanoseconds took = now - since_;
  since_ = now;
  if (move == ch07::Move::enter) {
    if (!frame.started()) ++profile_[name_of(frame)].calls;
    return;
  }
  profile_[name_of(frame)].own += took;
  for (const auto* each = &frame; each; each = each->caller()) {
    profile_[name_of(*each)].total += took;
  }
}

}  // namespace exercises
