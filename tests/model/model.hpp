// What a program prints, by the specification: an interpreter of its own, that
// knows nothing of the chapters.
#pragma once

#include <cstdint>
#include <string>

#include "tests/model/program.hpp"

namespace model {

struct Result {
  std::string log;
  int operations = 0;
  int steps = 0;  // of tasks
};
Result run_model(const Program& program);

}  // namespace model
