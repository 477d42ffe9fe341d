// The lines that a program prints by the rules of asyncio: a separate
// interpreter, which knows nothing of the chapters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/model/program.hpp"

namespace model {

struct Result {
  std::string log;
  int operations = 0;
  int steps = 0;  // of tasks
};
Result run_model(const Program& program);

// Does this line report a task or a future that was lost? Chapter 7 and CPython
// report it, the earlier loops do not.
bool is_report(std::string_view line);
std::string without_reports(const std::string& log);

}  // namespace model
