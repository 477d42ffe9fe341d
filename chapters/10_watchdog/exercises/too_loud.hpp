// Too loud: each place is reported once, then at ten times, at a hundred times.
// This file is the contract: do not edit it. Yours is too_loud.cpp.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace exercises {

using std::chrono::nanoseconds;

// What is known of all stalls at one place.
struct Account {
  int times = 0;
  int told = 0;            // its number of times at the last report, or 0
  nanoseconds total{0};    // of all of them
  nanoseconds longest{0};  // the longest of them
};

class Muffler {
 public:
  // A callback that was created at this place, "kitchen.cpp:9", has held the
  // loop. true: report it now. That is so for the 1st, the 10th, the 100th,
  // the 1000th stall of this place, and so on, whatever other places do.
  bool stalled(const std::string& place, nanoseconds held);

  // For the end. A line for each place that has stalled again since it was
  // reported last, with all stalls of that place:
  //
  //   kitchen.cpp:9 held the loop 27 times, 2.700 s in all, the longest 0.300 s
  //
  // The largest time in all comes first; equal ones are in the order of their
  // places.
  std::vector<std::string> summary() const;

 private:
  std::map<std::string, Account> accounts_;  // for you: by place
};

}  // namespace exercises
