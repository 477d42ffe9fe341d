// Names the first function of a chain.

#include "chapters/13_case_files/exercises/name_the_culprits.hpp"

namespace exercises {

std::vector<Culprit> culprits(int seed) {
  switch (seed) {
    case 1:
      return {{Fault::leak, "remind", 130},
              {Fault::forgotten_promise, "serve", 153}};
    case 2:
      return {{Fault::circle, "serve", 161}, {Fault::slow_step, "serve", 157}};
    case 3:
      return {{Fault::crumbs, "buzz", 103},
              {Fault::forgotten_promise, "serve", 153}};
    case 4:
      return {{Fault::circle, "serve", 161}, {Fault::crumbs, "buzz", 103}};
    case 5:
      return {{Fault::slow_step, "serve", 157}, {Fault::crumbs, "draw", 96}};
    case 6:
      return {{Fault::slow_step, "serve", 157},
              {Fault::never_returns, "serve", 171}};
    case 7:
      return {{Fault::circle, "serve", 161},
              {Fault::forgotten_promise, "serve", 153}};
    case 8:
      return {{Fault::crumbs, "draw", 96},
              {Fault::never_returns, "serve", 171}};
    case 9:
      return {{Fault::leak, "remind", 130}, {Fault::circle, "serve", 161}};
    case 10:
      return {{Fault::leak, "keep_warm", 118},
              {Fault::never_returns, "serve", 171}};
    default:
      return {};
  }
}

}  // namespace exercises
