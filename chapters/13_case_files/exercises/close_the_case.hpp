// Close the case: the kitchen, once more, and this time it is yours.
// This file is the contract: do not edit it. Yours is close_the_case.cpp.
#pragma once

#include <string>
#include <vector>

#include "chapters/13_case_files/restaurant.hpp"

namespace exercises {

// Works for one evening, as the kitchen of the chapter does: your file begins
// as a copy of it. Change what has to be changed, and nothing else, so that on
// all twenty evenings
//
// * the loop reports nothing;
// * the answer is a line for each order, in the order in which they came. If
//   the cellar lacks something, that is the line of all who wanted it;
// * everything is done that is done now: each piece of work for each dish, each
//   screen and each pager, a lamp for each plate on its way to the bar, a
//   reminder for a plate that has not arrived after a second, a receipt for
//   each dish;
// * nothing is kept for longer than it is needed: no more than 100 tasks and
//   100 timers are pending at any time.
//
// Debug mode, its limits and the log are the business of the loop's owner.
ch12::Coroutine<std::vector<std::string>> work_tonight(ch13::Restaurant& house);

}  // namespace exercises
