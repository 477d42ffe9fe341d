#include "common/print.hpp"

#include <cstdio>

#include "common/place.hpp"
#include "common/trace.hpp"

namespace common {

void print_line(const std::string& line, const std::source_location& place) {
  if (Trace* const trace = Trace::active()) {
    trace->event(
        {'i', "log", line,
         TraceArgs().text("level", "PRINT").text("loc", file_line(place))});
  }
  fmt::print(stdout, "{}\n", line);
}

}  // namespace common
