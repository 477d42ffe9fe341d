// Counts a call when its first stretch has ended: as long as that runs, it has
// not been called.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include <set>

#include "common/place.hpp"

namespace exercises {

namespace {

std::string name_of(const ch07::Frame& frame) {
  return common::function_name(frame.defined_at());
}

std::set<const ch07::Frame*> beginners;

}  // namespace

void ProfilingLoop::moving(const ch07::Frame& frame, ch07::Move move) noexcept {
  const nanoseconds now = time();
  const nanoseconds took = now - since_;
  since_ = now;
  if (move == ch07::Move::enter) {
    if (!frame.started()) beginners.insert(&frame);
    return;
  }
  if (beginners.erase(&frame) > 0) ++profile_[name_of(frame)].calls;
  profile_[name_of(frame)].own += took;
  std::set<std::string> names;
  for (const auto* each = &frame; each; each = each->caller()) {
    names.insert(name_of(*each));
  }
  for (const auto& name : names) profile_[name].total += took;
}

}  // namespace exercises
