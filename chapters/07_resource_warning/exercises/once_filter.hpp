// The memory behind the warning filters: what was said, and need not be said
// again. This file is the contract: do not edit it. Yours is once_filter.cpp.
#pragma once

#include <memory>
#include <string_view>

#include "chapters/07_resource_warning/warnings.hpp"

namespace exercises {

class OnceFilter {
 public:
  virtual ~OnceFilter() = default;

  // A filter has chosen the action for this warning. Is it to be shown?
  //
  //   always    yes
  //   ignore    no
  //   error     throws ch07::WarningError, with the whole message
  //   default   the first time for this text, category, file and line
  //   module    the first time for this text, category and file
  //   once      the first time for this text and category
  //
  // Each of the last three has a memory of its own: what `once` has shown,
  // `default` may show again. The first three neither look at a memory nor
  // leave anything in one. A category is known by its address: two of them may
  // have the same name. Texts and names of files may contain any character; an
  // unknown place is file "", line 0. The filter copies what it remembers: the
  // action and the message may change, or be gone, after the call.
  //
  // Any other action throws std::invalid_argument each time, and nothing is
  // remembered.
  virtual bool shows(std::string_view action,
                     const ch07::WarningMessage& message) = 0;

  // The filters were changed: forgets everything, for all three actions.
  virtual void forget() = 0;
};

// You write this, and a class for what it makes. A new filter remembers
// nothing, and none knows what another one has shown.
std::unique_ptr<OnceFilter> make_once_filter();

}  // namespace exercises
