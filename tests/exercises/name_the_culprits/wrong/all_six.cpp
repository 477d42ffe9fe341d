// Names all that the code could do wrong.

#include "chapters/13_case_files/exercises/name_the_culprits.hpp"

namespace exercises {

std::vector<Culprit> culprits(int seed) {
  switch (seed) {
    case 1:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 2:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 3:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 4:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 5:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 6:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 7:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 8:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 9:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    case 10:
      return {{Fault::slow_step, "peel", 55},
              {Fault::never_returns, "print_receipt", 139},
              {Fault::crumbs, "buzz", 103},
              {Fault::circle, "bake", 77},
              {Fault::forgotten_promise, "fetch", 36},
              {Fault::leak, "remind", 130}};
    default:
      return {};
  }
}

}  // namespace exercises
