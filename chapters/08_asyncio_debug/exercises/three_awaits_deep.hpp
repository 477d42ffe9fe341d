// Coffee that holds up all other tasks: somewhere below, something blocks.
// This file is the contract: do not edit it. Yours is three_awaits_deep.cpp.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/clock.hpp"

namespace exercises {

// A scale with a needle, which swings for a while after something was put on.
class Scale {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  // Some grams of what is put on always fall off.
  Scale(common::Clock& clock, nanoseconds swing, int fall_off)
      : clock_(clock), swing_(swing), fall_off_(fall_off) {}

  // Puts this on top of what lies there already.
  void put(int grams) {
    grams_ += grams - fall_off_;
    still_at_ = clock_.now() + swing_;
  }
  void take_off() { grams_ = 0; }
  // How long the needle will still swing; zero when it is still.
  nanoseconds swings_for() const {
    return std::max(nanoseconds(0), still_at_ - clock_.now());
  }
  // Where the needle points: anywhere, while it swings.
  int needle() const {
    return grams_ + static_cast<int>(swings_for() / nanoseconds(1'000'000));
  }
  // The weight, when the needle is still.
  int read() const {
    clock_.sleep(swings_for());
    return needle();
  }

 private:
  common::Clock& clock_;
  nanoseconds swing_;
  int fall_off_;
  int grams_ = 0;
  nanoseconds still_at_{0};
};

struct Coffee {
  std::string guest;
  int grams;  // of beans
  std::chrono::milliseconds grinding;
  std::chrono::milliseconds brewing;
};

// Grinds, weighs and brews, in this order: grinding and brewing take their
// time, weighing takes until the needle of the scale is still, and all of it
// is waiting: other tasks go on meanwhile. The result is "GUEST: 17 g", with
// the weight that the scale shows when its needle is still.
//
// The beans are put on the scale when they are ground, and the scale is empty
// when this ends. The caller sees to it that it is empty before, too, and that
// no other coffee uses it meanwhile.
//
// It can be cancelled at any time. Then it ends at once with CancelledError,
// the scale is empty, too, and nothing of it goes on.
ch07::Coroutine<std::string> make_coffee(Scale& scale, Coffee coffee);

}  // namespace exercises
