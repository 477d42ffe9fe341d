// Names the leak of another evening: tasks, where there are timers.

#include "chapters/13_case_files/exercises/name_the_culprits.hpp"

namespace exercises {

std::vector<Culprit> culprits(int seed) {
  switch (seed) {
    case 1:
      return {{Fault::leak, "keep_warm", 118},
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
      return {{Fault::leak, "keep_warm", 118}, {Fault::circle, "bake", 77}};
    case 10:
      return {{Fault::leak, "remind", 130},
              {Fault::never_returns, "print_receipt", 139}};
    default:
      return {};
  }
}

}  // namespace exercises
