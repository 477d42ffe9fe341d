// Exercise whose_stretch (chapter 9), solved.
//
// A stretch ends at stand and at leave, and belongs to the frame that moves.
// Its time is also part of the total of everyone who waits for that frame, and
// caller() leads to all of them. A function that awaits itself is in that chain
// more than once, so the names go through a set first.
//
// At enter, time has passed only if the task waited before, and that is
// nobody's: the time is noted, and nothing is added.
//
// Another way: keep a stack of the names that are on it, and add to a total
// when the last frame of a name leaves. That is how profilers do it that cannot
// afford to walk the chain at each move. But a task that waits takes its whole
// chain away and brings it back, so each task needs a stack of its own.

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
  const nanoseconds took = now - since_;
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
