// Random programs, and smaller ones that may fail in the same way.
#pragma once

#include <rapidcheck.h>

#include <iosfwd>
#include <vector>

#include "tests/model/program.hpp"

namespace model {

struct Wanted {
  bool tasks = true;     // with futures and tasks
  bool kill = false;     // something is removed after a step
  bool peer = false;     // only what CPython does in the same way
  bool circles = false;  // tasks may wait for each other
};
rc::Gen<Program> programs(Wanted wanted);

// Programs with something left out, the largest pieces first.
std::vector<Program> smaller(const Program& program);

// RapidCheck shows a program with it.
void showValue(const Program& program, std::ostream& out);

}  // namespace model
