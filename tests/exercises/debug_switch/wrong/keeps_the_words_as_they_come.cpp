// In the order of the variable, and as often as it says them.

#include "chapters/05_set_debug/exercises/debug_switch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "common/repr.hpp"

namespace exercises {

std::vector<std::string> debug_switch(const std::string& variable,
                                      const std::vector<std::string>& known) {
  const char* const text = std::getenv(variable.c_str());
  const std::string value = text ? text : "";
  if (value.empty() || value == "0") return {};
  if (value == "1") return known;

  std::vector<std::string> wanted;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t comma = std::min(value.find(',', begin), value.size());
    const std::string word = value.substr(begin, comma - begin);
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      throw std::invalid_argument(fmt::format("{} is {}: {} is not known",
                                              variable, common::repr(value),
                                              common::repr(word)));
    }
    wanted.push_back(word);
    begin = comma + 1;
  }

  return wanted;
}

}  // namespace exercises
