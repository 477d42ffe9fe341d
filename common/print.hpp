// Lines for standard output, which a trace records too.
#pragma once

#include <fmt/core.h>

#include <source_location>
#include <string>
#include <utility>

#include "common/message.hpp"

namespace common {

void print_line(const std::string& line, const std::source_location& place);

// Writes a line to standard output, and flushes it:
// print("{} of {} done", done, all).  Throws std::system_error when it cannot
// be written: "write(<stdout>): No space left on device".
template <class... Args>
void print(Message<Args...> line, Args&&... args) {
  print_line(fmt::format(line.format, std::forward<Args>(args)...), line.place);
}

}  // namespace common
