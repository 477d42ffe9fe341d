// The reports of AddressSanitizer, UndefinedBehaviorSanitizer and
// ThreadSanitizer, in words for a learner.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grader {

struct Finding {
  std::string what;  // "it reads what was destroyed"
  // A label and a place in the learner's file: {"where", "FILE:31"}.
  std::vector<std::pair<std::string, std::string>> places;
  std::string why;
};

// The first finding in a program's output; `source` is the learner's file,
// whose lines are named. A stack that is too small is a finding only on demand,
// because the sanitizer's frames are larger.
std::optional<Finding> find_in(const std::string& output,
                               const std::string& source,
                               bool also_stack = false);

}  // namespace grader
