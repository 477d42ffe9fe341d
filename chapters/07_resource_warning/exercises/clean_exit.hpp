// An evening in a coffee house, at the end of which the loop has nothing to
// say. This file is the contract: do not edit it. Yours is clean_exit.cpp.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/07_resource_warning/event_loop.hpp"

namespace exercises {

struct Guest {
  std::string name;
  std::chrono::milliseconds takes;
  bool complains = false;  // after that time, instead of being served
};

struct Cafe {
  ch07::EventLoop& loop;  // made by the caller, closed by run_evening()
  std::vector<Guest> guests;
  std::chrono::milliseconds oven_every;
  std::chrono::milliseconds locking;  // how long it takes to lock up
  std::vector<std::string> diary = {};

  // Writes what happened into the diary: "120 ms: radio off".
  void note(std::string_view what) {
    using std::chrono::milliseconds;
    const auto now = std::chrono::duration_cast<milliseconds>(loop.time());
    diary.push_back(fmt::format("{} ms: {}", now.count(), what));
  }
};

// Runs one evening, and closes the loop. The diary says all of this:
//
// * The radio plays while guests are served: "radio on" when the first one is
//   about to be, "radio off" after the last.
// * Guests are served one after the other, each as long as it takes, which may
//   be no time at all: "served NAME". The first complaint ends the evening: who
//   complains is not served, nor is anyone after that.
// * While they are served, and no longer, the oven is checked every
//   oven_every: "oven checked". A check that is due at the very moment when
//   that ends may be done or not.
// * After the radio, and in any case, the door is locked: "locked".
//
// A complaint is a std::runtime_error "NAME complains", and after all that has
// been done, also closing the loop, it leaves run_evening(). There is at least
// one guest.
//
// No warning is given and no error is reported, since nothing is left when the
// loop is closed: no task, no timer, no callback. Others can warn and report at
// any time, also while this runs: filters and handlers stay as they are. And
// what others have put into the loop stays there, for close() to tell of.
void run_evening(Cafe& cafe);

}  // namespace exercises
