// The same programs on CPython, through peer.py.
#pragma once

#include <cstdint>
#include <string>

#include "tests/model/program.hpp"

namespace model {

// Runs so many random programs there, and compares their output with the model;
// a program that differs is made smaller and shown. False: one differs, or
// Python failed.
bool agrees_with_python(const std::string& python, const std::string& peer,
                        int programs, std::uint64_t seed);

// The same with one program.
bool agrees_with_python(const std::string& python, const std::string& peer,
                        const Program& program);

}  // namespace model
