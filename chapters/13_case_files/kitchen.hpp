// The kitchen of a restaurant.
#pragma once

#include <string>
#include <vector>

#include "chapters/13_case_files/restaurant.hpp"

namespace ch13 {

// Works for one evening: takes the orders at the door until it is closed, and
// makes everything. Returns a line for each order, in the order in which they
// came. The restaurant outlives it.
asyncio::Coroutine<std::vector<std::string>> work_tonight(Restaurant& house);

}  // namespace ch13
