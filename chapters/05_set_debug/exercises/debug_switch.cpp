// Exercise debug_switch (chapter 5): what does the environment say?
//
//   ./workbook check debug_switch    judges this file
//   ./workbook hint debug_switch     says a little more, each time
//
// In use, after CAFE_DEBUG=places,threads in the shell:
//
//   const auto on = exercises::debug_switch("CAFE_DEBUG",
//                                           {"threads", "places", "frames"});
//   ... and on is {"threads", "places"}

#include "chapters/05_set_debug/exercises/debug_switch.hpp"

#include <cstdlib>

namespace exercises {

std::vector<std::string> debug_switch(
    const std::string& variable,
    [[maybe_unused]] const std::vector<std::string>& known) {
  [[maybe_unused]] const char* const value = std::getenv(variable.c_str());
  // TODO: tell 0 and 1 apart, take the words between the commas one by one, and
  // throw std::invalid_argument for one that is not known. Then check says 3
  // of 3 points.
  return {};
}

}  // namespace exercises
