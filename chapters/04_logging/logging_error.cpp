#include "chapters/04_logging/logging_error.hpp"

#include <fmt/format.h>

#include "common/output.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch04 {

void report_logging_error(const std::exception_ptr& error,
                          const std::source_location& place,
                          std::string_view message) noexcept {
  try {
    common::write_error(
        fmt::format("--- Logging error ---\n{}\nLogged from file {}, line {}\n"
                    "Message: {}\n",
                    common::describe(error), common::file_name(place),
                    place.line(), common::repr(message)));
  } catch (...) {
    // No memory left to say it with.
    common::write_error("--- Logging error ---\n");
  }
}

}  // namespace ch04
