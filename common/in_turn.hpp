// Long chains of objects, each the last to hold the next, and how they end.
#pragma once

namespace common {

// Calls End(object), which destroys it. That may end another object of the
// kind, and so on: where many such calls are on the stack already, an object
// waits, linked through the member Link, until the first of them has returned.
// So a chain of any length needs no more stack than a short one.
template <auto Link, auto End, class Object>
void end_in_turn(Object& object) noexcept {
  constexpr int kDeepest = 32;
  static thread_local constinit int depth = 0;
  static thread_local constinit Object* waiting = nullptr;
  if (depth == kDeepest) {
    object.*Link = waiting;
    waiting = &object;
    return;
  }
  ++depth;
  End(object);
  while (depth == 1 && waiting) {
    Object& next = *waiting;
    waiting = next.*Link;
    End(next);
  }
  --depth;
}

}  // namespace common
