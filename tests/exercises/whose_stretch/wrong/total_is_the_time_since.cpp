// Takes the time from the beginning of a coroutine to its end for its total:
// the wait is in it.

#include "chapters/09_culprit/exercises/whose_stretch.hpp"

#include <map>

#include "common/place.hpp"

namespace exercises {

namespace {

std::string name_of(const ch07::Frame& frame) {
  return common::function_name(frame.defined_at());
}

std::map<const ch07::Frame*, std::chrono::nanoseconds> begun;

}  // namespace

void ProfilingLoop::moving(const ch07::Frame& frame, ch07::Move move) noexcept {
  const nanoseconds now = time();
  const nanoseconds took = now - since_;
  since_ = now;
  if (move == ch07::Move::enter) {
    if (!frame.started()) {
      ++profile_[name_of(frame)].calls;
      begun[&frame] = now;
    }
    return;
  }
  profile_[name_of(frame)].own += took;
  if (move == ch07::Move::leave) {
    profile_[name_of(frame)].total += now - begun[&frame];
  }
}

}  // namespace exercises
