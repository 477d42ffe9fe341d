// For probes: what the loop says.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "chapters/04_logging/formatter.hpp"
#include "chapters/04_logging/handler.hpp"

namespace probe {

// Keeps what is logged, line by line.
struct Ears : ch04::Handler {
  Ears() { set_formatter(ch04::Formatter("%(message)s")); }
  void emit(const ch04::LogRecord& record) override {
    std::istringstream text(format(record));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  std::vector<std::string> lines;
};

}  // namespace probe
