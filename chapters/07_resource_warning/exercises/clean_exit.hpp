// An evening in a coffee house, which shall end without a word from the loop.
// This file is the contract: do not edit it. Yours is clean_exit.cpp.
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

// Runs one evening, and closes the loop. The diary shall say all of this:
//
// * The radio plays while guests are served: "radio on" when the first one is
//   about to be, "radio off" after the last.
// * Guests are served one after the other, each as long as it takes: "served
//   NAME". The first complaint ends the evening for all others.
// * While they are served, and no longer, the oven is checked every
//   oven_every: "oven checked".
// * After the radio, and in any case, the door is locked: "locked".
//
// A complaint is a std::runtime_error "NAME complains", and after all that has
// been done, also closing the loop, it leaves run_evening(). There is at least
// one guest.
//
// No warning is given and no error is reported, and nobody is kept from giving
// or reporting one: filters and handlers stay as they are.
void run_evening(Cafe& cafe);

}  // namespace exercises
