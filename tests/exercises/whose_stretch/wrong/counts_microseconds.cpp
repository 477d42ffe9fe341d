// Adds up whole microseconds.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include <set>

#include "common/place.hpp"

namespace exercises {

namespace {

std::string name_of(const ch07::Frame& frame) {
  return common::function_name(frame.defined_at());
}

}  // namespace

void ProfilingLoop::moving(const ch07::Frame& frame, ch07::Move move) noexcept {
  const nanoseconds now = time();
  const nanoseconds took =
      std::chrono::floor<std::chrono::microseconds>(now - since_);
  since_ = now;
  if (move == ch07::Move::enter) {
    if (!frame.started()) ++profile_[name_of(frame)].calls;
    return;
  }
  profile_[name_of(frame)].own += took;
  std::set<std::string> names;
  for (const auto* each = &frame; each; each = each->caller()) {
    names.insert(name_of(*each));
  }
  for (const auto& name : names) profile_[name].total += took;
}

}  // namespace exercises
