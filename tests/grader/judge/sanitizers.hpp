// The reports of AddressSanitizer, UndefinedBehaviorSanitizer and
// ThreadSanitizer, in words for a learner.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grader {

// Kinds of mistakes that any exercise may have, and of which the book tells.
enum class Trap : unsigned char {
  none,
  gone,        // it uses what is no longer there
  thread,      // two threads, and nothing between them
  terminate,   // an exception where none may leave
  early_exit,  // the program ends before all is done
  endless,
  waits,   // for something that does not come
  memory,  // where none is, or no more stack: signal 11
};

struct Finding {
  std::string what;  // "it reads what was destroyed"
  // A label and a place in the learner's file: {"where", "FILE:31"}.
  std::vector<std::pair<std::string, std::string>> places;
  std::string why;
  Trap trap = Trap::none;
};

// The first finding in a program's output; `source` is the learner's file,
// whose lines are named. A stack that is too small is a finding only on demand,
// because the sanitizer's frames are larger.
std::optional<Finding> find_in(const std::string& output,
                               const std::string& source,
                               bool also_stack = false);

// By what a file tells sanitizers to look away, or to be silent: words in its
// source, such as no_sanitize, and functions in its program that a sanitizer
// calls, such as __asan_default_options. `program` is the content of the linked
// file, with sanitizers or without; on machines other than Linux it is not
// read.
std::vector<std::string> silencers_in(const std::string& source,
                                      const std::string& program);

}  // namespace grader
