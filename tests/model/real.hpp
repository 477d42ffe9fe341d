// Runs a program on the loops of the chapters.
#pragma once

#include <vector>

#include "tests/model/model.hpp"
#include "tests/model/program.hpp"
#include "tests/pieces/loops.hpp"

namespace model {

// The loops that a program can run on: those of tests/pieces, and debug mode in
// every chapter that has it.
std::vector<loops::Kind> loops_for(const Program& program);

// Does this loop report tasks and futures that were lost?
bool reports(const loops::Kind& kind);

// Throws std::logic_error if a coroutine's frame was not destroyed once.
Result run_real(const Program& program, const loops::Kind& kind);

}  // namespace model
