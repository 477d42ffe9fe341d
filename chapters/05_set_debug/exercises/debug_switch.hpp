// The switch: an environment variable that is read strictly.
// This file is the contract: do not edit it. Yours is debug_switch.cpp.
#pragma once

#include <string>
#include <vector>

namespace exercises {

// Which of the known checks an environment variable switches on, each once, in
// the order of `known`. The variable is read in each call, and stays as it is.
// It may say:
//
//   it is not set, nothing, or 0    none of them
//   1                               all of them
//   words between commas            these: "threads" or "threads,places"
//
// Everything else is a mistake. A word is known if it is one of `known`, letter
// by letter: no blanks around it, no other case, no beginning of one. The empty
// word is not known either: "threads," has two words, and the second one is
// empty. (0 and 1 mean something alone only; in a list they are not known.)
//
// For a mistake it throws std::invalid_argument, whose text names the variable,
// its whole value and the first word that is not known, the latter two as
// common::repr() writes them:
//
//   CAFE_DEBUG is 'threads,place': 'place' is not known
//
// `known` may be empty. It has no empty word, no word twice, no 0 or 1, and no
// word with a comma in it.
std::vector<std::string> debug_switch(const std::string& variable,
                                      const std::vector<std::string>& known);

}  // namespace exercises
