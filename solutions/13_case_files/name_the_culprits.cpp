// Exercise name_the_culprits (chapter 13), solved.
//
// The log is read twice. First for the words of the reports, which tell what
// kind of fault it is: "took 0.160 seconds", "still is", "none of them slow",
// "are pending", "a circle", "nobody else holds". Then, for each kind, for the
// one line that counts.
//
// Much of a log is an echo. When a call never returns, its step is also a slow
// one, in the end, and the timers that were due meanwhile run late. When two
// dishes are in a circle, all that need the same station wait as well; the
// graph tells them from the two by the word.
//
// Lamps that are still on in the graph are no fault on an evening with six of
// them. The loop says when there are too many.

#include "chapters/13_case_files/exercises/name_the_culprits.hpp"

namespace exercises {

std::vector<Culprit> culprits(int seed) {
  switch (seed) {
    case 1:
      return {{Fault::leak, "remind", 130},
              {Fault::forgotten_promise, "fetch", 36}};
    case 2:
      return {{Fault::circle, "fry", 85}, {Fault::slow_step, "peel", 55}};
    case 3:
      return {{Fault::crumbs, "buzz", 103},
              {Fault::forgotten_promise, "fetch", 36}};
    case 4:
      return {{Fault::circle, "fry", 85}, {Fault::crumbs, "buzz", 103}};
    case 5:
      return {{Fault::slow_step, "whip", 65}, {Fault::crumbs, "draw", 96}};
    case 6:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139}};
    case 7:
      return {{Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36}};
    case 8:
      return {{Fault::crumbs, "draw", 96},
              {Fault::never_returns, "print_receipt", 139}};
    case 9:
      return {{Fault::leak, "remind", 130}, {Fault::circle, "bake", 77}};
    case 10:
      return {{Fault::leak, "keep_warm", 118},
              {Fault::never_returns, "print_receipt", 139}};
    default:
      return {};
  }
}

}  // namespace exercises
