#include "chapters/04_logging/logging_error.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch04 {

void report_logging_error(const std::exception_ptr& error,
                          const std::source_location& place,
                          std::string_view message,
                          std::string_view arguments) noexcept {
  if (!raise_exceptions) return;
  try {
    std::string text = fmt::format(
        "--- Logging error ---\n{}\nLogged from file {}, line {}\n"
        "Message: {}\n",
        common::describe(error), common::file_name(place), place.line(),
        common::repr(message));
    if (!arguments.empty()) text += fmt::format("Arguments: {}\n", arguments);
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  } catch (...) {
    // No memory to say it with.
    std::fputs("--- Logging error ---\n", stderr);
  }
}

}  // namespace ch04
