// Exercise debug_switch (chapter 5), solved.
//
// A misspelt switch that does nothing costs somebody an afternoon. So the list
// of right words is short, and one line refuses all the rest: a blank, a
// capital letter, a comma too many. No word has a special rule.
//
// Two places need care. std::getenv() returns a null pointer for a variable
// that is not set, and a std::string must not be made from that. And the loop
// over the commas ends *after* the word that no comma follows, or it never
// looks at an empty word after the last comma.
//
// Another way: std::getline() with a comma also splits a text. It gives no
// empty word after a last comma, so that needs a separate check.

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
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t comma = std::min(value.find(',', begin), value.size());
    const std::string word = value.substr(begin, comma - begin);
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      throw std::invalid_argument(fmt::format("{} is {}: {} is not known",
                                              variable, common::repr(value),
                                              common::repr(word)));
    }
    wanted.insert(word);
    begin = comma + 1;
  }

  std::vector<std::string> on;
  for (const std::string& word : known) {
    if (wanted.count(word) > 0) on.push_back(word);
  }
  return on;
}

}  // namespace exercises
