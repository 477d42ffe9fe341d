// The end of long chains of objects, in which each is the last to hold the
// next.
#pragma once

namespace common {

// For a second reading: calls End(object), which destroys it. That may destroy
// the next object of the chain, and so on. When many such calls are on the
// stack already, an object waits in a list, linked through the member Link,
// until the first call has returned. So a chain of any length needs no more
// stack than a short one.
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
