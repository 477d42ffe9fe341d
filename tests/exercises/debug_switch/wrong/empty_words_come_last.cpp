// Looks for strange words first, and for empty ones after that.

#include "chapters/05_set_debug/exercises/debug_switch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "common/repr.hpp"

namespace exercises {

std::vector<std::string> debug_switch(const std::string& variable,
                                      const std::vector<std::string>& known) {
  const char* const text = std::getenv(variable.c_str());
  const std::string value = text ? text : "";
  if (value.empty() || value == "0") return {};
  if (value == "1") return known;

  std::set<std::string> wanted;
  bool has_empty = false;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t comma = std::min(value.find(',', begin), value.size());
    const std::string word = value.substr(begin, comma - begin);
    if (word.empty()) {
      has_empty = true;
    } else if (std::find(known.begin(), known.end(), word) == known.end()) {
      throw std::invalid_argument(fmt::format("{} is {}: {} is not known",
                                              variable, common::repr(value),
                                              common::repr(word)));
    }
    wanted.insert(word);
    begin = comma + 1;
  }
  if (has_empty) {
    throw std::invalid_argument(fmt::format("{} is {}: '' is not known",
                                            variable, common::repr(value)));
  }

  std::vector<std::string> on;
  for (const std::string& word : known) {
    if (wanted.count(word) > 0) on.push_back(word);
  }
  return on;
}

}  // namespace exercises
