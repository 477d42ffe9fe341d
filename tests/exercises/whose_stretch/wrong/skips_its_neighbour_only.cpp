// Compares a name with the one next to it: two functions that await each other
// get the same stretch several times.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include <string>

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
  std::string last;
  for (const auto* each = &frame; each; each = each->caller()) {
    const std::string name = name_of(*each);
    if (name != last) profile_[name].total += took;
    last = name;
  }
}

}  // namespace exercises
