#include "common/print.hpp"

#include <cstdio>

#include "common/output.hpp"
#include "common/place.hpp"
#include "common/trace/trace.hpp"

namespace common {

void print_line(const std::string& line, const std::source_location& place) {
  if (Trace* const trace = Trace::active()) {
    trace->event(
        {'i', "log", line,
         TraceArgs().text("level", "PRINT").text("loc", file_line(place))});
  }
  // Flushed, so that a terminal shows it before later output to another stream.
  write_text(stdout, line + "\n", "<stdout>");
}

}  // namespace common
