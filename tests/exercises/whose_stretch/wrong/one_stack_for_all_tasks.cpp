// Takes all that have begun and not ended for one chain: a task that waits for
// another one gets its time.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include <set>

#include "common/place.hpp"

namespace exercises {

namespace {

std::string name_of(const ch07::Frame& frame) {
  return common::function_name(frame.defined_at());
}

std::multiset<std::string> begun;  // and have not ended

}  // namespace

void ProfilingLoop::moving(const ch07::Frame& frame, ch07::Move move) noexcept {
  const nanoseconds now = time();
  const nanoseconds took = now - since_;
  since_ = now;
  if (move == ch07::Move::enter) {
    if (!frame.started()) {
      ++profile_[name_of(frame)].calls;
      begun.insert(name_of(frame));
    }
    return;
  }
  profile_[name_of(frame)].own += took;
  const std::set<std::string> names(begun.begin(), begun.end());
  for (const auto& name : names) profile_[name].total += took;
  if (move == ch07::Move::leave) begun.erase(begun.find(name_of(frame)));
}

}  // namespace exercises
